"""RULES 7: a fee that came along from another system is nobody's, in the log too, some time after it was settled."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from fines.models import Entry, Fine
from kernel.eventbus.models import Event
from kernel.eventbus.stream.log import gather_all
from kernel.importing.queries import imports_of
from lending.erasing.tasks import anonymise_unwanted_history
from lending.importing.kind import LOANS
from lending.models import ImportedFee
from library.operations.drift import drift
from tests.factories import Town
from tests.lending.importing.test_import_loans import imported
from tests.lending.test_anonymise import built_anew, dashboard, sweep, years_pass
from tests.people import Person

ROWS = ("P-7001,,,,,700", "P-7002,,,,,900")


@pytest.fixture
def came(town: Town, tmp_path: Path) -> Town:
    """Both patrons owed something where the library comes from."""
    assert town.haneul.id != town.jo.id
    assert imported(tmp_path, *ROWS)[0] == (2, 0, 0)
    town.bus.settle()
    return town


def pays(town: Town, patron: Person, amount: int) -> None:
    """At the till."""
    answer = town.librarian.post(f"patrons/{patron.id}/payments", {"amount": amount, "method": "cash"})
    assert answer.status_code == 201, answer.json()
    town.bus.settle()


def told(name: str = "UnpaidFeeImported") -> list[tuple[str, Any]]:
    """The key and the patron of each such event."""
    gather_all()
    return [(event.key, event.payload["patron"]) for event in Event.objects.filter(name=name).order_by("pk")]


def test_who_has_paid_is_in_no_event_of_it_and_who_has_not_is(came: Town, tmp_path: Path) -> None:
    pays(came, came.haneul, 700)
    years_pass(came)
    sweep()
    came.bus.settle()
    owing = (f"patron:{came.jo.id}", came.jo.id)
    assert told() == [("patron:None", None), owing]
    assert told("FineCharged")[0][1] is None
    assert list(Fine.objects.order_by("pk").values_list("patron", flat=True)) == [None, came.jo.id]
    assert set(Entry.objects.filter(fine__patron=None).values_list("patron", flat=True)) == {None}
    assert list(drift()) == []
    before = dashboard()
    assert built_anew() == before

    assert imported(tmp_path, *ROWS)[0] == (0, 2, 0), "the same file brings it no more"
    call_command("undo_import", str(imports_of(LOANS).order_by("pk").first().pk), kind="loans", stdout=StringIO())  # type: ignore[union-attr]
    came.bus.settle()
    assert [came.page(one)["fines_outstanding"] for one in (came.haneul, came.jo)] == [0, 0]
    assert told("UnpaidFeeDropped") == [owing]
    sweep("--older-than", "0")
    came.days_pass(1)
    sweep("--older-than", "0")
    came.bus.settle()
    assert {patron for _key, patron in told() + told("UnpaidFeeDropped")} == {None}
    assert not ImportedFee.objects.exclude(patron_id=None)


def test_who_keeps_the_history_keeps_it_and_who_keeps_none_has_none_at_once(came: Town) -> None:
    for patron, keeps in ((came.haneul, True), (came.jo, False)):
        assert patron.patch("me", {"keep_history": keeps}).status_code == 200
    pays(came, came.haneul, 700)
    came.clock.shift(1)
    anonymise_unwanted_history()
    assert [patron for _key, patron in told()] == [came.haneul.id, came.jo.id], "money is owed of it"
    pays(came, came.jo, 900)
    came.clock.shift(1)
    anonymise_unwanted_history()
    came.bus.settle()
    years_pass(came)
    sweep()
    came.bus.settle()
    assert [patron for _key, patron in told()] == [came.haneul.id, None]
    assert list(Fine.objects.order_by("pk").values_list("patron", flat=True)) == [came.haneul.id, None]
    assert list(drift()) == []

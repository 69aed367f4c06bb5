"""A rehearsal keeps nobody waiting, and leaves nothing behind."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from catalog.models import Book
from kernel.storage.databases import connection_of
from kernel.storage.rehearsing import rehearsing
from tests.importing.importing import taken_in

pytestmark = pytest.mark.django_db(transaction=True)


def registered(title: str) -> None:
    """A book comes in from somebody else."""
    Book.objects.create(title=title, registered_at=timezone.now())
    connections.close_all()


def titles() -> list[str]:
    return list(Book.objects.order_by("pk").values_list("title", flat=True))


def test_others_write_while_a_rehearsal_runs_and_it_sees_what_it_wrote() -> None:
    registered("토지")
    with ThreadPoolExecutor(1) as others:
        with rehearsing("catalog"):
            taken_in("Emma")
            others.submit(registered, "Persuasion").result(timeout=5)
            assert titles()[:2] == ["토지", "Emma"]
        assert titles() == ["토지", "Persuasion"]


def test_what_fails_in_it_leaves_nothing_either() -> None:
    with pytest.raises(ZeroDivisionError):
        _take_in_and_fail()
    assert titles() == []
    beside = Path(str(connection_of("catalog").settings_dict["NAME"])).parent
    assert not list(beside.glob(".rehearsal-*"))


@rehearsing("catalog")
def _take_in_and_fail() -> None:
    taken_in("Emma")
    raise ZeroDivisionError

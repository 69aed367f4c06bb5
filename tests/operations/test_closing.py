"""Old months of the log are closed: what they led to stays, and is built anew from the snapshots."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from dashboard.models import LoanRow
from kernel.eventbus.models import ClosedMonth, Event, Snapshot
from kernel.eventbus.months.kept import gone_until, kept_since
from kernel.eventbus.months.numbers import FIRST, first_day_of, first_id_of, month_of
from kernel.eventbus.months.recent import recent_part
from kernel.eventbus.months.turning import begin_month
from kernel.eventbus.registry import installed_read_models
from kernel.eventbus.stream import closing
from kernel.eventbus.stream.closing import remove_closed
from kernel.eventbus.stream.log import end_of_log
from kernel.eventbus.stream.snapshots import load_snapshot, snapshot_of, take_snapshot
from library.operations.closing import retake_snapshots
from library.operations.retention import apply_retention
from library.operations.tasks import turn_months_of_log
from tests.bus import Bus
from tests.dashboard.test_rebuilding import much_happens
from tests.factories import SEOUL, Town, everything_on_record, opening_day
from webhooks.models import Endpoint


def close(*options: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("close_events", *options, stdout=out)
    return out.getvalue()


def built() -> dict[str, Any]:
    """Every row of the read models; the numbers that the database gave some are left out."""
    found = {}
    for tables in installed_read_models().values():
        for table in tables:
            rows = [
                {name: value for name, value in row.items() if name != getattr(table._meta.auto_field, "name", "")}
                for row in table._default_manager.values()
            ]
            found[table._meta.label] = sorted(rows, key=repr)
    return found


def on_record() -> dict[str, Any]:
    """Every row of every context; the log is none."""
    return {label: rows for label, rows in everything_on_record().items() if not label.startswith("eventbus.")}


def build_anew() -> None:
    """All read models, from empty."""
    for context in installed_read_models():
        call_command("replay", context, "--from-empty", stdout=StringIO())
    call_command("check_dashboard", stdout=StringIO())


def next_month(town: Town) -> int:
    """Comes: so does the log's. Returns its number, the first to keep of a log whose months before are closed."""
    people = (town.librarian, town.haneul, town.jo)  # who are registered when they are first named
    end_of_log()  # gathers what happened in other databases, before the month ends
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    day = first_day_of(month_of(newest) + 1)
    town.clock.move_to(datetime(day.year, day.month, 3, 10, tzinfo=SEOUL))
    assert begin_month(day)
    apply_retention(timezone.now())  # what was done across databases is kept for a while, and holds its month up
    recent_part.forget()
    for person in people:
        person.sign_in()
    return month_of(newest) + 1


def month_words(month: int) -> str:
    return f"{first_day_of(month):%Y-%m}"


@pytest.mark.django_db(transaction=True)
def test_what_closed_months_led_to_is_built_anew_from_the_snapshots(bus: Bus, db: None) -> None:
    with opening_day(bus) as town:
        much_happens(town)
        month = next_month(town)
        open_loans = town.jo.get("loans").json()["results"]
        loan = town.lend(town.haneul, town.book())
        town.bus.settle()
        before, source, end = built(), on_record(), end_of_log()
        old = Event.objects.filter(pk__lt=first_id_of(month)).count()
        assert old > 30

        assert "would be closed" in close("--before", month_words(month), "--dry-run")
        assert Event.objects.filter(pk__lt=first_id_of(month)).count() == old
        close("--before", month_words(month))

        assert not Event.objects.filter(pk__lt=first_id_of(month)).exists()
        assert sum(ClosedMonth.objects.values_list("events", flat=True)) == old
        assert kept_since() == first_day_of(month)
        assert built() == _without_what_is_over(before)
        assert close("--before", month_words(month)) == "There is nothing before that.\n"
        build_anew()
        assert built() == before
        assert on_record() == source
        town.give_back(town.haneul, loan)
        assert end_of_log() > end
        build_anew()
        assert open_loans == town.jo.get("loans").json()["results"]
        _answer_is_gone(town, end)
        _nobody_is_left_in_a_snapshot(town)


def _without_what_is_over(rows: dict[str, Any]) -> dict[str, Any]:
    """Loans that no page shows have no row there any more."""
    return rows | {"dashboard.LoanRow": [row for row in rows["dashboard.LoanRow"] if row["outstanding"]]}


def _answer_is_gone(town: Town, end: int) -> None:
    """Who read less than what is gone hears where to begin."""
    begin = gone_until()
    assert 0 < begin < end
    for after in (0, begin - 1):
        told = town.librarian.get("events", {"after": after})
        assert told.status_code == 410
        assert told["Content-Type"] == "application/problem+json"
        assert {"code": "events_gone", "begin_at": begin}.items() <= told.json().items()
    assert town.librarian.get("events", {"after": begin}).json()["results"][0]["position"] > begin


def _nobody_is_left_in_a_snapshot(town: Town) -> None:
    """A person who was erased after the snapshots were taken."""
    town.clock.move_to(timezone.now() + timedelta(days=800))
    town.librarian.sign_in()
    call_command("anonymise_loans", stdout=StringIO())
    town.bus.settle()
    before = built()
    assert retake_snapshots(timezone.now()) == 3
    assert retake_snapshots(timezone.now()) == 0
    assert Snapshot.objects.filter(complete=True).count() == 3
    build_anew()
    assert built() == before


@pytest.mark.django_db(transaction=True)
def test_a_row_that_a_handler_writes_while_a_snapshot_is_loaded_stays(bus: Bus, db: None) -> None:
    with opening_day(bus) as town:
        loan = town.lend(town.haneul, town.book())
        town.bus.settle()
        pages = installed_read_models()["dashboard"]
        take_snapshot("dashboard", pages, now=timezone.now())
        town.give_back(town.haneul, loan)
        town.bus.settle()
        before = built()

        load_snapshot("dashboard", pages)
        assert built() == before


@pytest.mark.django_db(transaction=True)
def test_of_two_that_take_a_snapshot_at_once_none_leaves_without_one(bus: Bus, db: None) -> None:
    with opening_day(bus) as town:
        town.lend(town.haneul, town.book())
        town.bus.settle()
        kept = take_snapshot("dashboard", [LoanRow], now=timezone.now())

        def another_begins(_rows: int) -> None:
            Snapshot.objects.filter(complete=False).delete()

        with pytest.raises(Snapshot.DoesNotExist):
            take_snapshot("dashboard", [LoanRow], now=timezone.now(), progress=another_begins)
        assert snapshot_of("dashboard") == kept


@pytest.mark.django_db(transaction=True)
def test_who_is_forgotten_while_a_snapshot_is_taken_is_in_none_a_day_later(bus: Bus, db: None) -> None:
    with opening_day(bus) as town:
        town.give_back(town.haneul, town.lend(town.haneul, town.book()))
        town.bus.settle()
        town.clock.move_to(timezone.now() + timedelta(days=800))
        call_command("anonymise_loans", stdout=StringIO())
        take_snapshot("dashboard", installed_read_models()["dashboard"], now=timezone.now())
        town.bus.settle()

        retaken = []
        for _day in range(3):
            town.clock.move_to(timezone.now() + timedelta(days=1))
            retaken.append(retake_snapshots(timezone.now()))
        assert retaken == [1, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_a_closing_that_was_killed_is_gone_on_with(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    with opening_day(bus) as town:
        assert town.jo  # whose card everybody has heard of before the month turns
        town.lend(town.haneul, town.book())
        town.bus.settle()
        month = next_month(town)
        town.lend(town.jo, town.book())
        town.bus.settle()
        before = built()

        def killed(*_: Any) -> None:
            raise SystemExit

        for place in ("close_month", "_drop_partition" if connection.vendor == "postgresql" else "_delete_rows"):
            where = "library.operations.closing" if place == "close_month" else closing.__name__
            monkeypatch.setattr(f"{where}.{place}", killed)
            with pytest.raises(SystemExit):
                close("--before", month_words(month))
            monkeypatch.undo()
            build_anew()
            assert built() == before
        assert ClosedMonth.objects.filter(removed_at=None).exists()
        assert gone_until() > 0
        if connection.vendor == "postgresql":  # taken out, and not dropped
            (closed,) = ClosedMonth.objects.filter(removed_at=None)
            name = "first" if closed.month < FIRST else f"{first_day_of(closed.month):%Y_%m}"
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER TABLE eventbus_event DETACH PARTITION eventbus_event_{name}")

        close("--before", month_words(month))
        assert not Event.objects.filter(pk__lt=first_id_of(month)).exists()
        assert remove_closed(timezone.now()) == 0
        build_anew()
        assert built() == before


@pytest.mark.django_db(transaction=True)
def test_a_month_that_somebody_needs_stays(bus: Bus, settings: Any) -> None:
    with opening_day(bus) as town:
        book = town.book(copies=2)
        town.take(town.haneul, book)
        month = next_month(town)
        with pytest.raises(CommandError, match="nothing has happened since"):
            close("--before", month_words(month))
        town.take(town.jo, book)
        with pytest.raises(CommandError, match="are of its events"):
            close("--before", month_words(month))
        town.bus.settle()
        hook = Endpoint.objects.create(url="https://example.org/", secret="whsec_", made_at=timezone.now())
        with pytest.raises(CommandError, match="was not sent all of it"):
            close("--before", month_words(month))
        Endpoint.objects.filter(pk=hook.pk).update(active=False)
        LoanRow.objects.update(outstanding=7)
        with pytest.raises(CommandError, match="the pages are not right"):
            close("--before", month_words(month))
        call_command("replay", "dashboard", stdout=StringIO())
        with pytest.raises(CommandError, match="This month and those to come"):
            close("--before", month_words(month + 1))

        assert not ClosedMonth.objects.exists()
        settings.KEEP_EVENTS_MONTHS = 0
        assert turn_months_of_log() == 0
        settings.KEEP_EVENTS_MONTHS = 1
        assert turn_months_of_log() == 0
        town.clock.move_to(timezone.now() + timedelta(days=31))
        apply_retention(timezone.now())  # where it was done in another database it is kept for a while
        assert turn_months_of_log() == 1
        assert turn_months_of_log() == 0
        assert not Event.objects.filter(pk__lt=first_id_of(month)).exists()

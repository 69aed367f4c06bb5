"""`manage.py close_events` says in words why it closes nothing, and has changed nothing then."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError
from django.utils import timezone

from dashboard.models import LoanRow
from kernel.eventbus.models import ClosedMonth, Delivery, Event, Gathered, Snapshot
from kernel.eventbus.stream.closing import what_holds_up
from kernel.eventbus.stream.log import end_of_log
from kernel.storage.databases import all_databases
from tests.bus import Bus
from tests.factories import Town, opening_day
from tests.operations.test_closing import close, month_words, next_month
from webhooks.models import Attempt, Endpoint

pytestmark = pytest.mark.django_db(transaction=True)
APART = len(all_databases()) > 1


def an_old_month(town: Town) -> int:
    """Nothing holds it up. The number of the month behind it."""
    book = town.book(copies=2)
    assert town.jo  # whose card everybody has heard of before the month turns
    town.lend(town.haneul, book)
    month = next_month(town)
    town.lend(town.jo, book)
    return month


def refused(month: int) -> str:
    """What the command says, which has changed nothing."""
    end_of_log()  # closing gathers what happened in other databases
    before = Event.objects.count()
    with pytest.raises(CommandError, match=r"^Nothing was closed: .+\.$") as told:
        close("--before", month_words(month))
    assert (Event.objects.count(), ClosedMonth.objects.count(), Snapshot.objects.count()) == (before, 0, 0)
    return str(told.value)


def an_attempt(town: Town) -> str:
    """A webhook was sent one of its events lately."""
    where = {"url": "https://example.org/", "secret": "whsec_", "made_at": timezone.now(), "active": False}
    endpoint, event = Endpoint.objects.create(**where), Event.objects.order_by("pk").first()
    Attempt.objects.create(endpoint=endpoint, event=event, at=timezone.now(), duration=0.1)
    return "1 attempts to send in default are of its events"


def a_dead_delivery(town: Town) -> str:
    """A handler never heard of one of its events."""
    event = Event.objects.filter(name="CopyAdded").order_by("pk").first()
    Delivery.objects.create(event=event, handler="lending.handlers.take_in_copy", key="copy:1", status="dead")
    return "1 deliveries in default are of its events"


def a_webhook_behind(town: Town) -> str:
    """One that is active."""
    endpoint = Endpoint.objects.create(url="https://example.org/", secret="whsec_", made_at=timezone.now())
    return f"the webhook example.org ({endpoint.pk}) was not sent all of it"


def wrong_pages(town: Town) -> str:
    """What would be kept for ever in a snapshot."""
    LoanRow.objects.update(outstanding=7)
    return "the pages are not right, see ./manage.py check_dashboard: "


@pytest.mark.parametrize("hold_up", [an_attempt, a_dead_delivery, a_webhook_behind, wrong_pages])
def test_what_holds_a_month_up_is_said(bus: Bus, hold_up: Callable[[Town], str]) -> None:
    with opening_day(bus) as town:
        month = an_old_month(town)
        reason = hold_up(town)
        assert reason in refused(month)


def test_all_reasons_are_said_at_once(bus: Bus) -> None:
    with opening_day(bus) as town:
        month = an_old_month(town)
        reasons = [hold_up(town) for hold_up in (an_attempt, a_webhook_behind, wrong_pages)]
        told = refused(month)
        assert [told.index(reason) for reason in reasons] == sorted(told.index(reason) for reason in reasons)
        assert told.count("; ") >= len(reasons) - 1


def test_a_database_that_is_away_is_named(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    with opening_day(bus) as town:
        month = an_old_month(town)
        monkeypatch.setattr("library.operations.closing.is_away", lambda alias: alias == all_databases()[-1])
        assert f"away: {all_databases()[-1]}" in refused(month)


def test_events_that_have_no_position_yet_hold_their_month_up(bus: Bus) -> None:
    with opening_day(bus) as town:
        month = an_old_month(town)
        Event.objects.filter(pk=Event.objects.earliest("pk").pk).update(position=None)
        assert list(what_holds_up(month - 1, "default")) == ["events in default have no position yet"]


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ("2026-11", "What was written before December 2026 is one part: give 2026-12 or a later month."),
        ("2031-01", "This month and those to come can't be closed."),
        ("2027-13", "2027-13 is not a month: write it as 2026-11"),
        ("soon", "soon is not a month: write it as 2026-11"),
    ],
)
def test_a_month_that_can_not_be_meant_is_refused(bus: Bus, before: str, why: str) -> None:
    with opening_day(bus) as town:
        an_old_month(town)
        with pytest.raises(CommandError) as told:
            close("--before", before)
        assert why in str(told.value)
        assert not ClosedMonth.objects.exists()


def test_what_a_disabled_webhook_was_to_be_sent_again_holds_nothing_up(bus: Bus) -> None:
    with opening_day(bus) as town:
        month = an_old_month(town)
        end, event = end_of_log(), Event.objects.earliest("pk")
        endpoint = Endpoint.objects.create(url="https://example.org/", secret="-", made_at=timezone.now(), position=end)
        endpoint.resends.create(event=event)
        assert "1 resends in default are of its events" in refused(month)

        Endpoint.objects.update(active=False, disabled_at=timezone.now(), disabled_why="status 410")
        close("--before", month_words(month), "--dry-run")
        assert endpoint.resends.exists()
        close("--before", month_words(month))
        assert not Event.objects.filter(pk=event.pk).exists()
        assert not endpoint.resends.exists()


@pytest.mark.skipif(not APART, reason="one database has gathered all and owes nothing elsewhere: see make test-apart")
def test_what_another_database_still_owes_holds_a_month_up(bus: Bus) -> None:
    with opening_day(bus) as town:
        month = an_old_month(town)
        close("--before", month_words(month), "--dry-run")
        event = Event.objects.using("lending").filter(name="BookBorrowed").earliest("pk")
        handler = "dashboard.handlers.show_loan"
        Delivery.objects.using("lending").create(event=event, handler=handler, key=event.key, status="waiting")
        assert "deliveries of lending are pending" in refused(month)
        Gathered.objects.filter(pk="lending").update(position=0)
        assert "not all events of lending were gathered" in [*what_holds_up(month - 1, "lending")]

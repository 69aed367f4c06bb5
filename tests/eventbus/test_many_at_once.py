"""Handlers that are called with many events at once keep the bus's promises."""

from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from dashboard.handlers import show_loan
from dashboard.models import LoanRow
from kernel.eventbus.delivery import invocation
from kernel.eventbus.delivery.worker import deliver_due, deliver_round
from kernel.eventbus.models import Delivery
from kernel.eventbus.publishing.outbox import publish, publish_many
from kernel.eventbus.registry import connect, disconnect, event_of
from kernel.eventbus.stream.replay import replay
from lending.events import BookBorrowed, BookReturned
from tests.eventbus.kettle import KettleBoiled

pytestmark = pytest.mark.django_db
LOAN = {"patron": 7, "book": 3, "title": "무진기행", "quantity": 1, "due_on": date(2026, 3, 16)}


def lent(loan: int, version: int = 1) -> BookBorrowed:
    """A loan begins, or is announced again under another version."""
    return BookBorrowed(
        **LOAN,
        occurred_at=timezone.now(),
        loan=loan,
        version=version,
        status="active",
        outstanding=1,
        shelf={loan: {"move": version, "lendable": False, "where": "loan", "condition": "ok", "loan": loan}},
    )


def brought(loan: int, version: int = 2) -> BookReturned:
    """All copies of a loan come back."""
    details = {"return_id": loan, "returned": 1, "returned_on": date(2026, 3, 9), "days_late": 0}
    story = {"loan": loan, "version": version, "status": "returned", "outstanding": 0}
    shelf = {loan: {"move": version, "lendable": True, "where": "shelf", "condition": "ok", "loan": None}}
    return BookReturned(**LOAN, **story, **details, occurred_at=timezone.now(), shelf=shelf)


def published(*events: BookBorrowed | BookReturned) -> None:
    """Is delivered to everybody in as few rounds as it takes."""
    with transaction.atomic():
        publish_many(events)
    while deliver_round(timezone.now):
        pass


def rows() -> list[tuple[int, str, int]]:
    """What pages would show."""
    return list(LoanRow.objects.order_by("loan_id").values_list("loan_id", "status", "version"))


def serve(events: Sequence[KettleBoiled]) -> None:
    """Serves all cups at once, unless one is the thirteenth."""
    if any(event.cups == 13 for event in events):
        raise RuntimeError("not the thirteenth")
    User.objects.create(card_number=f"TRAY-{events[0].cups}", name=",".join(str(event.cups) for event in events))


@pytest.fixture
def serving() -> Iterator[None]:
    """Somebody serves what the kettle boils."""
    deliver_due()
    table = {KettleBoiled: [serve]}
    connect(table)
    yield
    disconnect(table)


def trays() -> list[str]:
    """What was served, tray by tray."""
    return list(User.objects.filter(card_number__startswith="TRAY").order_by("pk").values_list("name", flat=True))


def boil(*cups: int) -> None:
    """Each in a kettle of its own."""
    with transaction.atomic():
        publish_many(KettleBoiled(occurred_at=timezone.now(), kettle=number, cups=number) for number in cups)


def test_of_many_events_about_one_loan_the_newest_is_shown() -> None:
    published(lent(1), lent(2), brought(1))

    assert rows() == [(1, "returned", 2), (2, "active", 1)]


def test_a_late_event_undoes_nothing_and_a_repeated_one_changes_nothing() -> None:
    published(lent(1), brought(1))
    published(lent(1), lent(2))
    published(brought(1), lent(2))

    assert rows() == [(1, "returned", 2), (2, "active", 1)]


def test_twenty_events_take_as_many_statements_as_two() -> None:
    published()
    taken = []
    for loans in (range(1, 3), range(3, 23)):
        with transaction.atomic():
            publish_many(lent(loan) for loan in loans)
        with CaptureQueriesContext(connection) as asked:
            deliver_round(timezone.now)
        taken.append(len(asked))
    assert taken[0] == taken[1]
    assert len(rows()) == 22


def test_an_event_is_read_once_for_all_who_hear_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    monkeypatch.setattr(invocation, "event_of", lambda record: read.append(record.id) or event_of(record))
    with transaction.atomic():
        publish(lent(1))
    heard = Delivery.objects.count()
    deliver_round(timezone.now)

    assert heard > len(read) == 1


def test_a_replay_tells_many_at_once_too() -> None:
    published(lent(1), brought(1), lent(2))
    LoanRow.objects.all().delete()

    assert replay(show_loan, lambda _: None) == 3
    assert rows() == [(1, "returned", 2), (2, "active", 1)]


@pytest.mark.usefixtures("serving")
def test_all_of_a_batch_come_on_one_tray() -> None:
    boil(1, 2, 3)
    deliver_due()

    assert trays() == ["1,2,3"]


@pytest.mark.usefixtures("serving")
def test_one_that_fails_holds_up_nobody_else() -> None:
    boil(1, 13, 3)
    deliver_due()

    assert trays() == ["1", "3"]
    (failed,) = Delivery.objects.filter(status=Delivery.Status.WAITING)
    assert (failed.key, failed.attempts, "thirteenth" in failed.error) == ("kettle:13", 1, True)


@pytest.mark.usefixtures("serving")
def test_what_was_done_already_is_not_served_again() -> None:
    boil(1, 2)
    deliver_due()
    with transaction.atomic():
        publish(KettleBoiled(occurred_at=timezone.now(), kettle=5, cups=5))
    deliver_due()

    assert trays() == ["1,2", "5"]

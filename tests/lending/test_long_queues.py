"""No act on a hold makes more statements or events for a long queue than for a short one, nor among many queues."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.eventbus.models import Event
from lending.checkout.services import borrow_book
from lending.holds.places import STEP
from lending.holds.pulling import pull_copy
from lending.holds.queries import holds, waited_for
from lending.holds.services import cancel_hold, move_hold, place_hold, resume_hold, set_pickup_day, suspend_hold
from lending.holds.settling import settle_queues_of
from lending.holds.sweeps.expiry import expire_holds
from lending.marks.rules import Mark
from lending.marks.services import mark_copy
from lending.models import Hold
from lending.returns.services import return_book
from lending.undo.services import undo_return
from tests.factories import Town, seoul
from tests.people import a_patron

pytestmark = pytest.mark.django_db
MANY_HOLDS, MANY_QUEUES = 10_000, 100_000
NUMBERS = "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < %s)"
BOOKS = "INSERT INTO lending_book (id, title, revision, withdrawn) SELECT 1000000 + n, 'x', 1, false FROM number"
QUEUES = "INSERT INTO lending_queue (book_id) SELECT 1000000 + n FROM number"
HOLDS = """
INSERT INTO lending_hold (patron_id, book_id, volume, title, status, place, placed_at, cancel_reason, version)
SELECT 2000000 + n, %s + n * %s, '', 'x', 'waiting', %s + n, '2026-03-01 00:00:00+00:00', '', 1 FROM number
"""


def insert(count: int, statement: str, *values: int) -> None:
    """So many rows. PostgreSQL is told of them: else it may go on to check foreign keys as it planned for empty tables,
    row by row, for hours."""
    with connection.cursor() as cursor:
        cursor.execute(f"{NUMBERS} {statement}", [count, *values])
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE lending_book, lending_queue, lending_patron")


def acts_on(town: Town, book: int, waiting: int) -> list[tuple[str, int, int]]:
    """Each act on a book for which one more than so many wait, with how many statements and events it made."""
    copy, spare = town.copy_ids(book)
    mark_copy(spare, mark=Mark.DAMAGED, now=timezone.now())
    first, second, third = (a_patron(f"P-{book}{number}") for number in range(3))
    loan = town.take(town.jo, book)["id"]
    done = []

    def counted(act: Callable[..., Any], *args: Any, **what: Any) -> Any:
        before = Event.objects.count()
        with CaptureQueriesContext(connection) as asked:
            result = act(*args, **what)
        done.append((act.__name__, len(asked), Event.objects.count() - before))
        return result

    now: dict[str, Any] = {"now": timezone.now()}
    place_hold(patron_id=first.id, book_id=book, **now)
    insert(waiting, HOLDS, book, 0, 2 * STEP)
    other, own = (counted(place_hold, patron_id=one.id, book_id=book, **now).pk for one in (second, third))
    counted(suspend_hold, own, **now)
    counted(resume_hold, own, **now)
    counted(move_hold, own, position=2, **now)
    counted(cancel_hold, other, **now)
    counted(waited_for, [book], timezone.localdate())
    counted(holds().get, pk=own)
    made = counted(return_book, loan, **now)
    counted(undo_return, made.pk, reason="x", **now)
    counted(return_book, loan, **now)
    ready = Hold.objects.get(book=book, status="ready")
    assert ready.pickup_by
    counted(set_pickup_day, ready.pk, pickup_by=ready.pickup_by, **now)
    with transaction.atomic():
        counted(settle_queues_of, third.id, **now)
    town.clock.move_to(seoul(3, 10))
    now = {"now": timezone.now()}
    counted(expire_holds, as_of=timezone.localdate(), progress=lambda _: None, **now)
    counted(borrow_book, patron_id=third.id, book_id=book, **now)
    assert Hold.objects.get(pk=own).status == "collected"
    counted(mark_copy, copy, mark=Mark.LOST, **now)
    again = counted(place_hold, patron_id=second.id, book_id=book, **now).pk
    counted(move_hold, again, position=1, **now)
    counted(mark_copy, spare, mark=Mark.AVAILABLE, **now)
    assert counted(pull_copy, spare, **now).pk == again
    return done


def test_the_same_for_a_long_queue_among_many(town: Town) -> None:
    books = [town.book(copies=2), town.book(copies=2)]
    short = acts_on(town, books[0], waiting=1)
    insert(MANY_QUEUES, BOOKS)
    insert(MANY_QUEUES, QUEUES)
    insert(MANY_QUEUES, HOLDS, 1_000_000, 1, STEP)
    town.clock.move_to(seoul(3, 2))
    assert acts_on(town, books[1], waiting=MANY_HOLDS) == short

"""What follows for a queue when its copies, or those who wait, changed otherwise than by an act on a hold. Everything
here needs a transaction."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from kernel.eventbus.publishing.outbox import publish_many
from lending.events import HoldMoved
from lending.holds.assigning import assign_copies, expect_returns
from lending.holds.losing import cancel_without_copies, lose_copies_held
from lending.in_force import waiting_on
from lending.locks import lock_queues
from lending.models import OPEN, Copy, Hold


def books_with_holds(books: Collection[int]) -> set[int]:
    """Those of the books that somebody has an open hold on."""
    return set(Hold.objects.filter(OPEN, book__among=books).values_list("book", flat=True).distinct())


def settle_queues(books: Collection[int], *, now: datetime, lost: Collection[int] = ()) -> None:
    """Lets the queues of these books, which are locked, follow what became of their copies, and announces it: holds
    whose copies are `lost` wait again in the first place, those without any copy left are cancelled, and copies on the
    shelf are in stock or to be pulled as those say who wait."""
    if not (concerned := books_with_holds(books)):
        return
    expect_returns(concerned)
    displaced = lose_copies_held(lost, now=now) if lost else []
    left = Copy.objects.filter(pk__in=lost, place=Copy.Place.HOLD_SHELF).values_list("pk", flat=True)
    cancelled = cancel_without_copies(concerned, now=now)
    assigned = assign_copies(concerned, now=now, in_hand=list(left) if displaced else ())
    moved = [HoldMoved(**hold.facts(now)) for hold in displaced if hold.pk not in {one.hold for one in cancelled}]
    publish_many([*moved, *cancelled, *assigned.events_by_themselves(now)])


def settle_queues_of(patron_id: int, *, now: datetime) -> None:
    """Lets the queues follow in which a patron waits, whose account is locked, and who is barred or free from now."""
    waiting = Hold.objects.filter(waiting_on(timezone.localdate(now)), patron=patron_id)
    books = set(waiting.values_list("book", flat=True))
    if books:
        lock_queues(books)
        settle_queues(books, now=now)

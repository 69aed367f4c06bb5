"""The sweep of each day: holds that were not collected in time, and suspended ones that wait again."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from django.db.models import F, QuerySet

from kernel.eventbus.publishing.outbox import publish_many
from kernel.storage.bulk import update_rows
from kernel.storage.databases import atomic_in, database_of
from kernel.storage.retries import with_retries
from lending.events import HoldExpired, HoldReady, HoldResumed
from lending.history.services import note_acts, note_acts_on_holds
from lending.holds.assigning import assign_copies
from lending.holds.settling import settle_queues
from lending.holds.sweeps.announcing import announce_selected
from lending.holds.sweeps.passing_on import pass_on
from lending.locks import lock_queues
from lending.models import Copy, Hold

BATCH = 5_000
"""So many holds are in memory, and SQLite's one writer is held for so many."""


def holds_to_expire(as_of: date) -> QuerySet[Hold]:
    """The ready holds whose last day lies before that day."""
    return Hold.objects.filter(status=Hold.Status.READY, pickup_by__lt=as_of)


def holds_to_resume(as_of: date) -> QuerySet[Hold]:
    """The suspended holds whose last day lies before that day."""
    return Hold.objects.filter(status=Hold.Status.SUSPENDED, suspended_until__lt=as_of)


def expire_holds(*, as_of: date, now: datetime, progress: Callable[[int], None]) -> int:
    """Ends the holds that were not collected by their last day, each once, and gives their copies to the next; returns
    how many there were. Before that, holds wait again whose suspension is over, and after it copies on the shelf are
    in stock or to be pulled as those say who may have them by now.

    Each batch commits with its events, so a sweep that is stopped and run again does the rest. `progress` is told the
    size of each batch.
    """
    _in_batches(partial(_resume_next, as_of, now), lambda _: None)
    # Day by day, so that the index has the holds in the order of their ids, and no batch sorts all that are left.
    days = holds_to_expire(as_of).order_by("pickup_by").values_list("pickup_by", flat=True).distinct()
    expired = sum(_in_batches(partial(_expire_next, day, now), progress) for day in list(days))
    _in_batches(partial(_settle_next, now), lambda _: None)
    return expired


def _in_batches(next_batch: Callable[[int], tuple[int, int] | None], progress: Callable[[int], None]) -> int:
    """Calls for batch after batch behind the last id looked at; how many were changed."""
    changed, last = 0, 0
    while batch := with_retries(partial(next_batch, last)):
        count, last = batch
        changed += count
        progress(count)
    return changed


@atomic_in("lending")
def _expire_next(day: date | None, now: datetime, last: int) -> tuple[int, int] | None:
    due = Hold.objects.filter(status=Hold.Status.READY, pickup_by=day)
    seen = list(due.filter(pk__gt=last).order_by("pk").values_list("pk", "book")[:BATCH])
    if not seen:
        return None
    books = {book for _hold, book in seen}
    lock_queues(books)
    # Read again under the locks: some were collected meanwhile, or may be collected later.
    still_due = due.filter(pk__among=[hold for hold, _book in seen])
    ended = dict(still_due.order_by("pk").values_list("pk", "copy"))

    Hold.objects.filter(pk__among=ended).update(status=Hold.Status.EXPIRED, ended_at=now, version=F("version") + 1)
    note_acts_on_holds("HoldExpired", ended, at=now)
    copies = {copy for copy in ended.values() if copy}
    passed_on = pass_on(books, copies, now=now)
    assigned = assign_copies(books - passed_on.keys(), now=now, in_hand=copies)

    announce_selected(HoldExpired, [*ended], now)
    announce_selected(HoldReady, [*passed_on.values(), *(hold.pk for hold in assigned.ready_where_it_stood)], now)
    publish_many(assigned.events_of_moves(now))
    return len(ended), seen[-1][0]


@atomic_in("lending")
def _resume_next(as_of: date, now: datetime, last: int) -> tuple[int, int] | None:
    seen = list(holds_to_resume(as_of).filter(pk__gt=last).order_by("pk").values_list("pk", "book")[:BATCH])
    if not seen:
        return None
    books = {book for _hold, book in seen}
    lock_queues(books)
    resumed = list(holds_to_resume(as_of).filter(pk__among=[hold for hold, _book in seen]).order_by("pk"))

    for hold in resumed:
        hold.status, hold.suspended_until, hold.version = Hold.Status.WAITING, None, hold.version + 1
    update_rows(resumed, ["status", "suspended_until", "version"], database_of("lending"))
    note_acts("HoldResumed", [(hold.patron_id, None, None) for hold in resumed], at=now)
    assigned = assign_copies(books, now=now)

    events = [HoldResumed(**hold.facts(now)) for hold in resumed]
    publish_many([*events, *assigned.events_by_themselves(now)])
    return len(resumed), seen[-1][0]


@atomic_in("lending")
def _settle_next(now: datetime, last: int) -> tuple[int, int] | None:
    """Books that somebody waits for and that have a copy on the shelf: a block or a suspension may have ended."""
    there = Copy.objects.filter(waited_for=True, place__in=["shelf", "to_pull"], book__gt=last).order_by("book")
    books = list(there.values_list("book", flat=True).distinct()[:BATCH])
    if not books:
        return None
    lock_queues(books)
    settle_queues(books, now=now)
    return len(books), books[-1]

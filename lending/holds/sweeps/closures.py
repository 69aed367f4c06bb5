"""Closures move the last days of ready holds as they move due dates."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from kernel.days.arithmetic import NoOpenDayFound, next_open_day
from kernel.days.calendar import Calendar
from kernel.eventbus.publishing.outbox import publish_many
from kernel.observability.tracing import current_trace, tracing
from kernel.storage.bulk import update_rows
from kernel.storage.databases import atomic_in, database_of
from kernel.storage.retries import with_retries
from lending.calendar.due_dates import move_due_dates, move_due_dates_back
from lending.calendar.memory import calendar_in_force
from lending.events import HoldMoved
from lending.locks import lock_queues
from lending.models import Closure, Hold, PickupMove

BATCH = 2_000
"""So many last days move in one transaction."""


def move_days(closure_id: int, *, now: datetime) -> int:
    """Moves the due dates of open loans and the last days of ready holds out of a closure, each to the next open day,
    as one act; returns how many loans. Stopped and run again it moves the rest. Raises `Closure.DoesNotExist` and
    `NoOpenDay`."""
    moved = move_due_dates(closure_id, now=now)
    closure = Closure.objects.get(pk=closure_id)
    calendar = calendar_in_force()
    _in_batches(partial(_move_next, closure, calendar, now), closure, closure.moving)
    return moved


def move_days_back(closure_id: int, *, now: datetime) -> int:
    """Takes back what `move_days` did, where the day is still the one that it set; returns how many loans. Raises
    `Closure.DoesNotExist`."""
    closure = Closure.objects.get(pk=closure_id)
    if closure.moving:
        _in_batches(partial(_move_back_next, closure, now), closure, uuid.uuid5(closure.moving, "back"))
    return move_due_dates_back(closure_id, now=now)


def _in_batches(move_next: Callable[[int], int], closure: Closure, act: uuid.UUID | None) -> None:
    """Calls for batch after batch behind the last id, until there is none."""
    last = 0
    with tracing(replace(current_trace(), causation_id=act, reason=closure.reason)):
        while found := with_retries(partial(move_next, last)):
            last = found


@atomic_in("lending")
def _move_next(closure: Closure, calendar: Calendar, now: datetime, last: int) -> int:
    """Moves the next ready holds that end in the closure; the last id looked at, 0 where there is none."""
    ready = Hold.objects.filter(status=Hold.Status.READY, pickup_by__range=(closure.first, closure.last), pk__gt=last)
    seen = list(ready.order_by("pk").values_list("pk", "book")[:BATCH])
    lock_queues({book for _hold, book in seen})
    holds = list(ready.filter(pk__in=[hold for hold, _book in seen]).select_related("copy").order_by("pk"))

    moves = []
    for hold in holds:
        assert hold.pickup_by, "what is ready has a last day"
        try:
            after = next_open_day(calendar, hold.pickup_by)
        except NoOpenDayFound:
            continue
        if after != hold.pickup_by:
            moves.append(PickupMove(closure=closure, hold=hold, pickup_before=hold.pickup_by, pickup_after=after))
            hold.pickup_by = after
    days = ["pickup_before", "pickup_after"]
    PickupMove.objects.bulk_create(moves, update_conflicts=True, unique_fields=["closure", "hold"], update_fields=days)
    _announce([move.hold for move in moves], now)
    return seen[-1][0] if seen else 0


@atomic_in("lending")
def _move_back_next(closure: Closure, now: datetime, last: int) -> int:
    """Moves the next holds back; the last move looked at, 0 where there is none."""
    found = PickupMove.objects.filter(closure=closure, pk__gt=last).order_by("pk")
    seen = list(found.values_list("pk", "hold__book")[:BATCH])
    lock_queues({book for _move, book in seen})
    moves = list(found.filter(pk__in=[move for move, _book in seen]).select_related("hold__copy"))

    kept = [move.hold for move in moves if _is_as_moved(move)]
    for move in moves:
        if move.hold in kept:
            move.hold.pickup_by = move.pickup_before
    PickupMove.objects.filter(pk__in=[move.pk for move in moves]).delete()
    _announce(kept, now)
    return seen[-1][0] if seen else 0


def _is_as_moved(move: PickupMove) -> bool:
    return move.hold.status == Hold.Status.READY and move.hold.pickup_by == move.pickup_after


def _announce(holds: list[Hold], now: datetime) -> None:
    for hold in holds:
        hold.version += 1
    update_rows(holds, ["pickup_by", "version"], database_of("lending"))
    publish_many(HoldMoved(**hold.facts(now)) for hold in holds)

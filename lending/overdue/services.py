"""The sweep that finds loans whose due date has passed."""

import time
from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from django.db.models import QuerySet

from kernel.eventbus.publishing.selected import publish_selected
from kernel.storage.databases import atomic_in
from kernel.storage.retries import with_retries
from lending.events import BookExpired
from lending.locks import lock_accounts_of
from lending.metrics import SWEEP_SECONDS
from lending.models import Loan, Sweep
from lending.outstanding import only_claimed
from lending.overdue.finding import next_day
from lending.overdue.marking import mark, marked

BATCH = 10_000
"""So many are in memory, and SQLite's one writer is held for so many: half a second."""


def sweep_overdue(*, as_of: date, now: datetime, progress: Callable[[int], None]) -> int:
    """Marks loans that fell overdue and announces each once, ever, in the order of their due dates.

    Returns how many there were. Each batch commits with its events, so a sweep that is stopped and run again does
    the rest. `progress` is told the size of each batch. It charges nothing. What it came to is kept as a `Sweep`.
    """
    watch = time.monotonic()
    sweep = Sweep.objects.create(as_of=as_of, started_at=now)
    sweep.announced = _sweep(as_of, now, progress)
    sweep.took = time.monotonic() - watch
    sweep.save()
    SWEEP_SECONDS.observe(sweep.took)
    return sweep.announced


def _sweep(as_of: date, now: datetime, progress: Callable[[int], None]) -> int:
    announced, day = 0, date.min
    while day := next_day(day, as_of):
        last = 0
        while batch := with_retries(partial(_expire_next, day, last, now)):
            (count, last) = batch
            announced += count
            progress(count)
    return announced


@atomic_in("lending")
def _expire_next(day: date, last: int, now: datetime) -> tuple[int, int] | None:
    """Marks and announces the next batch that was due that day, under the lock of each one's patron; how many, and the
    last loan looked at. None when there is none.

    It begins behind the `last` loan looked at: SQLite may choose an index that holds the announced ones too.
    """
    following = _unannounced().filter(due_on=day, pk__gt=last).order_by("pk")
    loans = list(following.values_list("pk", flat=True)[:BATCH])
    if not loans:
        return None
    lock_accounts_of(loans)

    count = mark(loans, day, now)

    publish_selected(BookExpired, marked(loans, now), occurred_at=now)
    return count, loans[-1]


def _unannounced() -> QuerySet[Loan]:
    """Without those of which everything that is out is claimed to be returned."""
    return Loan.objects.filter(status=Loan.Status.ACTIVE, expired_at=None).exclude(pk__in=only_claimed())

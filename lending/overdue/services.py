"""The sweep that finds loans whose due date has passed."""

import time
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import F, QuerySet

from kernel.eventbus.publishing.outbox import publish_many
from kernel.storage.databases import atomic_in
from kernel.storage.retries import with_retries
from lending.events import BookExpired, LoanFacts, facts_of
from lending.metrics import SWEEP_SECONDS
from lending.models import Loan, Patron, Sweep
from lending.queries import copies_out

BATCH = 10_000
"""So many are in memory, and SQLite's one writer is held for so many: half a second."""


def loans_to_expire(as_of: date) -> QuerySet[Loan]:
    """Loans with copies out whose due date lies before that day and that were not announced yet."""
    return _unannounced().filter(due_on__lt=as_of)


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
    announced = 0
    days = loans_to_expire(as_of).order_by("due_on").values_list("due_on", flat=True).distinct()
    for day in list(days):
        last = 0
        while batch := with_retries(partial(_expire_next, day, last, now)):
            announced, last = announced + len(batch), batch[-1].pk
            progress(len(batch))
    return announced


@atomic_in("lending")
def _expire_next(day: date | None, last: int, now: datetime) -> list[Any]:
    """Marks and announces the next batch that was due that day, under the lock of each one's patron.

    It begins behind the `last` loan announced: SQLite may choose an index that holds the announced ones too.
    """
    following = _unannounced().filter(due_on=day, pk__gt=last).order_by("pk")[:BATCH]
    patrons = Patron.objects.select_for_update().filter(pk__in=following.values("patron")).order_by("pk")
    locked = set(patrons.values_list("pk", flat=True))
    # Read again under the locks. Whoever came in meanwhile in place of a loan that came back has its turn later.
    rows = following.annotate(outstanding=copies_out()).values_list(
        *LoanFacts.__annotations__, "outstanding", named=True
    )
    loans = [loan._replace(version=loan.version + 1) for loan in rows if loan.patron_id in locked]

    Loan.objects.filter(pk__in=[loan.pk for loan in loans]).update(expired_at=now, version=F("version") + 1)

    publish_many(BookExpired(**facts_of(loan, now, loan.outstanding)) for loan in loans)
    return loans


def _unannounced() -> QuerySet[Loan]:
    return Loan.objects.filter(status=Loan.Status.ACTIVE, expired_at=None)

"""The sweep that finds loans whose due date has passed."""

from collections.abc import Callable
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet

from lending.events import BookExpired
from lending.models import Loan, Patron
from library.databases import atomic_in
from library.eventbus.publishing import publish_many

BATCH = 2_000


def loans_to_expire(as_of: date) -> QuerySet[Loan]:
    """Loans with copies out whose due date lies before that day and that were not announced yet."""
    return Loan.objects.filter(status=Loan.Status.ACTIVE, due_on__lt=as_of, expired_at=None)


def sweep_overdue(*, as_of: date, now: datetime, progress: Callable[[int], None]) -> int:
    """Marks loans that fell overdue and announces each once, ever; returns how many there were.

    Each batch commits with its events, so a sweep that is stopped and run again does the rest. `progress`
    is told the size of each batch. It charges nothing.
    """
    announced = 0
    while batch := _expire_next(as_of, now):
        announced += batch
        progress(batch)
    return announced


@atomic_in("lending")
def _expire_next(as_of: date, now: datetime) -> int:
    """Marks and announces the next batch, under the lock of each one's patron."""
    found = list(loans_to_expire(as_of).order_by("due_on", "pk").values_list("pk", "patron_id")[:BATCH])
    list(Patron.objects.select_for_update().filter(pk__in={patron for _, patron in found}).order_by("pk").values("pk"))
    due = loans_to_expire(as_of).filter(pk__in=[loan for loan, _ in found])
    due = due.annotate(outstanding=Count("lines", filter=Q(lines__ending="")))
    loans = list(due.order_by("due_on", "pk"))

    Loan.objects.filter(pk__in=[loan.pk for loan in loans]).update(expired_at=now, version=F("version") + 1)
    for loan in loans:
        loan.version += 1

    publish_many(BookExpired(**loan.story(now, loan.outstanding)) for loan in loans)
    return len(found)

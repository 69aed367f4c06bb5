"""How many there are of what the start page of the staff side counts."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Sum, Value, When
from django.utils import timezone

from kernel.storage.counting import count_several
from lending.holds.queries import copies_to_clear, copies_to_pull
from lending.models import LENDABLE, Copy, Debt, DeferredReturn, Loan, LoanLine, Return
from lending.queries import copies_overdue

NOT_COLLECTED_FOR = timedelta(days=30)
"""What was not collected stands on the list of copies to be cleared for so long."""


OVERDUE_SINCE = (1, 8, 15, 31, 91)
"""The days late with which a group of overdue copies begins."""


def overdue_by_age(today: date) -> dict[int, int]:
    """How many copies are overdue in each of those groups, by its first day; one statement."""
    groups = (
        When(loan__due_on__lte=today - timedelta(days=days), then=Value(days)) for days in reversed(OVERDUE_SINCE)
    )
    late = copies_overdue(today).select_related(None).order_by().annotate(since=Case(*groups))
    return dict(late.values("since").annotate(number=Count("pk")).values_list("since", "number"))


def counts_of_the_day(now: datetime, wanted: Collection[str]) -> dict[str, int]:
    """What was lent and taken back today, how things stand, and what waits for somebody: what is wanted, in one
    statement. `owed` is what is still to pay of all fines, as lending knows them: a sum over those few."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    known: dict[str, Any] = {
        "lent_today": Loan.objects.filter(borrowed_at__gte=midnight).exclude(status="cancelled"),
        "returned_today": (Return.objects.filter(returned_at__gte=midnight, voided_at=None), Sum("quantity")),
        "overdue": copies_overdue(timezone.localdate(now)),
        "requested": Loan.objects.filter(status=Loan.Status.REQUESTED),
        "out": LoanLine.objects.filter(ending=""),
        "lendable": Copy.objects.filter(LENDABLE),
        "owed": (Debt.objects.filter(owed__gt=0), Sum("owed")),
        "pull": copies_to_pull(),
        "clear": copies_to_clear(now - NOT_COLLECTED_FOR),
        "returns_deferred": DeferredReturn.objects.filter(done_at=None),
    }
    return count_several(**{name: rows for name, rows in known.items() if name in wanted})

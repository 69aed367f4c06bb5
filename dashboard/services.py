"""All that pages are made of: emptied and built anew by `manage.py replay dashboard --from-empty`."""

from collections.abc import Callable, Collection

from dashboard.models import (
    CalendarRow,
    CopyRow,
    CreditRow,
    FeeRow,
    FineRow,
    HoldRow,
    LoanRow,
    SuspensionRow,
    TermsRow,
    UserInfo,
)
from kernel.storage.databases import atomic_in

BATCH = 500
PAGES = (UserInfo, LoanRow, CopyRow, FineRow, FeeRow, CreditRow, TermsRow, CalendarRow, SuspensionRow, HoldRow)


def forget_loans_over(still_in_log: Callable[[Collection[int]], Collection[int]]) -> int:
    """Deletes the rows of loans with nothing out, which no page shows, but for those that are `still_in_log`: a replay
    would show these as open until it comes to their end. Returns how many. Whatever happens to one later tells the
    whole loan."""
    over, last, gone = LoanRow.objects.filter(outstanding=0).order_by("pk"), 0, 0
    while loans := list(over.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        last = loans[-1]
        with atomic_in("dashboard"):
            gone += LoanRow.objects.filter(outstanding=0, pk__in={*loans} - {*still_in_log(loans)}).delete()[0]
    return gone

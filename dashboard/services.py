"""The one thing that can be done to a read model: making it anew."""

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


@atomic_in("dashboard")
def forget_everything() -> None:
    """Empties every page, for `manage.py replay dashboard --from-empty` to build them again from the event log."""
    for rows in (UserInfo, LoanRow, CopyRow, FineRow, FeeRow, CreditRow, TermsRow, CalendarRow, SuspensionRow, HoldRow):
        rows.objects.all().delete()

"""All that pages are made of: emptied and built anew by `manage.py replay dashboard --from-empty`."""

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

PAGES = (UserInfo, LoanRow, CopyRow, FineRow, FeeRow, CreditRow, TermsRow, CalendarRow, SuspensionRow, HoldRow)

"""What lending announces."""

from lending.events.loans import (
    BookBorrowed,
    BookExpired,
    BookReturned,
    CopySubstituted,
    DueDateChanged,
    LoanCancelled,
    LoanEvent,
    LoanFacts,
    LoanRenewed,
    LoanUndone,
    RenewalUndone,
    ReturnUndone,
    facts_of,
)
from lending.events.patrons import (
    BlockLifted,
    FamilyChanged,
    PatronBlocked,
    PatronSuspended,
    SuspensionLifted,
)
from lending.events.rules import (
    CalendarChanged,
    PolicyAdopted,
    PolicyDropped,
    TermsKept,
)

__all__ = [
    "BlockLifted",
    "BookBorrowed",
    "BookExpired",
    "BookReturned",
    "CalendarChanged",
    "CopySubstituted",
    "DueDateChanged",
    "FamilyChanged",
    "LoanCancelled",
    "LoanEvent",
    "LoanFacts",
    "LoanRenewed",
    "LoanUndone",
    "PatronBlocked",
    "PatronSuspended",
    "PolicyAdopted",
    "PolicyDropped",
    "RenewalUndone",
    "ReturnUndone",
    "SuspensionLifted",
    "TermsKept",
    "facts_of",
]

"""What lending announces."""

from lending.events.erasing import LoansAnonymised, PatronErased, SuspensionsAnonymised
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
    Shelf,
    facts_of,
)
from lending.events.marks import (
    CopyConditionChanged,
    CopyFound,
    CopyLost,
    CopyMarked,
    CopyReplaced,
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
    "CopyConditionChanged",
    "CopyFound",
    "CopyLost",
    "CopyMarked",
    "CopyReplaced",
    "CopySubstituted",
    "DueDateChanged",
    "FamilyChanged",
    "LoanCancelled",
    "LoanEvent",
    "LoanFacts",
    "LoanRenewed",
    "LoanUndone",
    "LoansAnonymised",
    "PatronBlocked",
    "PatronErased",
    "PatronSuspended",
    "PolicyAdopted",
    "PolicyDropped",
    "RenewalUndone",
    "ReturnUndone",
    "Shelf",
    "SuspensionLifted",
    "SuspensionsAnonymised",
    "TermsKept",
    "facts_of",
]

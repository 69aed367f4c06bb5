"""What notices listen to, and what they announce. It stands here, so that the library runs without this context."""

from collections.abc import Mapping, Sequence

from django.db.models import Model

from fines.events import (
    FineCancelled,
    FineCharged,
    FinePaid,
    FineRefunded,
    FineReopened,
    FinesAnonymised,
    FineWaived,
)
from kernel.eventbus.events import DomainEvent
from kernel.eventbus.registry import Handler
from lending.events import (
    BookBorrowed,
    BookReturned,
    CopyConditionChanged,
    CopyFound,
    CopyLost,
    CopyReplaced,
    DueDateChanged,
    HoldCancelled,
    HoldCollected,
    HoldExpired,
    HoldMoved,
    HoldPlaced,
    HoldReady,
    HoldResumed,
    HoldSuspended,
    LoanCancelled,
    LoanRenewed,
    LoansAnonymised,
    LoanUndone,
    PatronErased,
    PatronSuspended,
    RenewalUndone,
    ReturnUndone,
    SuspensionLifted,
)
from notices import handlers as notices
from notices.events import NoticeFailed, NoticeSent
from notices.models import FineRow, HoldRow, LoanRow, SuspensionRow

SUBSCRIPTIONS: Mapping[type[DomainEvent], Sequence[Handler]] = {
    BookBorrowed: [notices.follow_loan],
    BookReturned: [notices.follow_loan],
    LoanCancelled: [notices.follow_loan],
    LoanRenewed: [notices.follow_loan],
    DueDateChanged: [notices.follow_loan],
    ReturnUndone: [notices.follow_loan],
    LoanUndone: [notices.follow_loan],
    RenewalUndone: [notices.follow_loan],
    CopyLost: [notices.follow_mark],
    CopyFound: [notices.follow_mark],
    CopyReplaced: [notices.follow_mark],
    CopyConditionChanged: [notices.follow_mark],
    #
    HoldPlaced: [notices.follow_hold],
    HoldMoved: [notices.follow_hold],
    HoldSuspended: [notices.follow_hold],
    HoldResumed: [notices.follow_hold],
    HoldReady: [notices.follow_hold],
    HoldCollected: [notices.follow_hold],
    HoldCancelled: [notices.follow_hold],
    HoldExpired: [notices.follow_hold],
    #
    FineCharged: [notices.follow_fine],
    FinePaid: [notices.follow_fine],
    FineWaived: [notices.follow_fine],
    FineCancelled: [notices.follow_fine],
    FineRefunded: [notices.follow_fine],
    FineReopened: [notices.follow_fine],
    PatronSuspended: [notices.follow_suspension],
    SuspensionLifted: [notices.follow_suspension],
    LoansAnonymised: [notices.forget_borrowers],
    FinesAnonymised: [notices.forget_payers],
    PatronErased: [notices.forget_person],
    #
    NoticeSent: [],
    NoticeFailed: [],
}

READ_MODELS: Mapping[str, Sequence[type[Model]]] = {"notices": (LoanRow, HoldRow, FineRow, SuspensionRow)}
"""What notices know of others' things. What was sent stays, whatever is built anew."""

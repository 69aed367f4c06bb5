"""What the fines announce. Amounts are whole numbers of the currency's smallest unit.

Every event about a fine tells the whole fine as it then was; `version` grows with each change of it. `credit` is what
the patron has to the good behind it, `account_version` grows with each act on the patron's account. The patron is null
once the money is nobody's any more.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from kernel.eventbus.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class FineEvent(DomainEvent):
    """Something happened to a fine: `amount` was charged, of which so much was `refunded`, `paid` was paid, `owed` is
    left."""

    about = "fine"

    fine: int
    version: int
    patron: int | None
    loan: int | None
    title: str
    days_late: int
    amount: int
    paid: int
    owed: int
    status: str
    charged_at: datetime
    explanation_en: str
    explanation_ko: str
    kind: str = "late"
    refunded: int = 0
    credit: int = 0
    account_version: int = 0


@dataclass(frozen=True, kw_only=True)
class FineCharged(FineEvent):
    """A late return, a lost copy or the rest of a suspension cost something."""


@dataclass(frozen=True, kw_only=True)
class FinePaid(FineEvent):
    """A patron paid a fine, or a part of it, at the till or from credit."""

    payment: int


@dataclass(frozen=True, kw_only=True)
class FineWaived(FineEvent):
    """A librarian forgave what was left of a fine."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class FineCancelled(FineEvent):
    """A fine is no more, since what it was for did not happen; what was paid on it is credit."""


@dataclass(frozen=True, kw_only=True)
class FineRefunded(FineEvent):
    """A part of a fine that was paid was taken back by a librarian and is credit."""

    refund: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class FineReopened(FineEvent):
    """A payment was reversed, and what it had paid of a fine is owed again."""


@dataclass(frozen=True, kw_only=True)
class AccountEvent(DomainEvent):
    """Money came or went at the till; `balance` is what the patron owes by all entries, below zero what is credit."""

    about = "patron"

    patron: int | None
    entry: int
    amount: int
    method: str
    balance: int
    credit: int
    account_version: int


@dataclass(frozen=True, kw_only=True)
class PaymentTaken(AccountEvent):
    """A patron paid at the till; what was not owed is credit."""


@dataclass(frozen=True, kw_only=True)
class PaymentReversed(AccountEvent):
    """A payment was void: what it had paid is owed again."""

    payment: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class CreditPaidOut(AccountEvent):
    """A patron was handed credit."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class FinesAnonymised(DomainEvent):
    """Settled fines are nobody's any more, here and in everything that was announced of them, nor is what settled
    them."""

    about = "first"
    forgets = True

    first: int
    """The lowest of their ids."""
    fines: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class MoneyAnonymised(DomainEvent):
    """What was settled long ago was taken off a patron's account; this is the credit that is left on it."""

    about = "patron"
    forgets = True

    patron: int | None
    credit: int
    account_version: int


@dataclass(frozen=True, kw_only=True)
class SuspensionBoughtOff(DomainEvent):
    """A patron paid for the rest of a suspension, so that it ends; `restriction` is its number at lending."""

    about = "patron"

    patron: int | None
    fine: int
    days: int
    until: date
    restriction: int


@dataclass(frozen=True, kw_only=True)
class FeeScheduleAdopted(DomainEvent):
    """Fees were adopted for a category of patrons and a type of copies, or replaced of that day."""

    about = "schedule"

    schedule: int
    valid_from: date | None = None  # None: from the beginning
    category: str = ""  # empty: any
    copy_type: str = ""
    tiers: dict[int, int] | None = None  # the amount from each day late on; None: left out
    fees: dict[str, int | bool | str | None] = field(default_factory=dict)  # everything else that was said, by name


@dataclass(frozen=True, kw_only=True)
class FeeScheduleRevoked(DomainEvent):
    """Fees that were to hold from a day to come will not."""

    about = "schedule"

    schedule: int
    valid_from: date

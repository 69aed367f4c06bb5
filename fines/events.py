"""What the fines announce. Amounts are whole KRW.

Every event about a fine tells the whole fine as it then was; `version` grows with each movement of money.
"""

from dataclasses import dataclass
from datetime import date, datetime

from kernel.eventbus.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class FineEvent(DomainEvent):
    """Something happened to a fine: `amount` was charged, `paid` was paid, `owed` is left."""

    about = "fine"

    fine: int
    version: int
    patron: int
    loan: int
    title: str
    days_late: int
    amount: int
    paid: int
    owed: int
    status: str
    charged_at: datetime
    explanation_en: str
    explanation_ko: str


@dataclass(frozen=True, kw_only=True)
class FineCharged(FineEvent):
    """A late return cost a fee."""


@dataclass(frozen=True, kw_only=True)
class FinePaid(FineEvent):
    """A patron paid a fine, or a part of it."""

    payment: int


@dataclass(frozen=True, kw_only=True)
class FineWaived(FineEvent):
    """A librarian forgave what was left of a fine."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class FeeScheduleAdopted(DomainEvent):
    """New late fees hold from a day on: `tiers` maps the first day late of each tier to its amount."""

    about = "schedule"

    schedule: int
    valid_from: date
    tiers: dict[int, int]


@dataclass(frozen=True, kw_only=True)
class FeeScheduleRevoked(DomainEvent):
    """Late fees that were to hold from a day to come will not."""

    about = "schedule"

    schedule: int
    valid_from: date

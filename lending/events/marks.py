"""What lending announces of copies that are marked as lost, found, replaced, damaged and so on."""

from dataclasses import dataclass, field
from datetime import date

from kernel.eventbus.events import DomainEvent
from lending.events.loans import Shelf


@dataclass(frozen=True, kw_only=True)
class CopyMarked(DomainEvent):
    """A copy was marked.

    `loan` and what belongs to it (`patron`, `version`, `status`, `quantity`, `outstanding`, `due_on`, `terms`,
    `items_out`, `claimed`) are of the loan that has the copy, or that lost it; without one they are None or empty.
    `days_late` and `days_counted` are those of the day on which its late days stopped, `late_as` is what a late return
    leads to by its rules, `late_items` how many of the copy's items count as late copies. `price` is in whole units of
    the library's currency.
    """

    about = "copy"

    copy: int
    book: int
    title: str
    copy_type: str
    price: int | None
    shelf: Shelf
    loan: int | None = None
    patron: int | None = None
    category: str = ""
    """The patron's."""
    version: int | None = None
    status: str | None = None
    quantity: int | None = None
    outstanding: int | None = None
    due_on: date | None = None
    terms: int | None = None
    items_out: dict[int, int] = field(default_factory=dict)
    claimed: dict[int, date] = field(default_factory=dict)
    lost_on: date | None = None
    days_late: int = 0
    days_counted: int = 0
    late_as: str = "nothing"
    late_items: int = 0


@dataclass(frozen=True, kw_only=True)
class CopyLost(CopyMarked):
    """A copy was marked as lost, and is not on its loan any more."""


@dataclass(frozen=True, kw_only=True)
class CopyFound(CopyMarked):
    """A copy that was lost or missing was found; `lost_on` and the loan are there where a loan had lost it."""

    found_on: date


@dataclass(frozen=True, kw_only=True)
class CopyReplaced(CopyMarked):
    """A patron brought the copy `replaced_by` of the same book in place of a lost one, which stays lost."""

    replaced_by: int


@dataclass(frozen=True, kw_only=True)
class CopyConditionChanged(CopyMarked):
    """A copy was marked as damaged, missing, in repair, in order or claimed to be returned, or left the drop
    box, or is in stock or out of stock for those who wait."""

    condition: str
    claimed_on: date | None = None

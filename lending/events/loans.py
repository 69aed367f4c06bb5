"""What lending announces of loans.

Every event about a loan tells the whole loan as it then was, so a listener sets its row to what the newest
one says: `version` grows with each change of the loan.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from kernel.eventbus.events import DomainEvent

Shelf = dict[int, dict[str, int | bool | str | None]]
"""Of copies by their ids: `move`, which orders what is told of one copy; `lendable`, whether it stands on the shelf in
order and is held for nobody; `where` (None for one that is nowhere to be found), `condition`, and the `loan` that has
it."""


class LoanFacts(Protocol):
    """What events tell of a loan, whether it is a model or a row of values."""

    pk: int
    version: int
    patron_id: int | None
    book_id: int
    title: str
    status: str
    quantity: int
    due_on: date | None
    terms_id: int | None


class LineFacts(Protocol):
    """What events tell of a copy of a loan."""

    copy_id: int
    ending: str
    items: int
    claimed_on: date | None


def facts_of(loan: LoanFacts, now: datetime, outstanding: int, lines: Iterable[LineFacts] = ()) -> dict[str, Any]:
    """What every event about a loan tells of it; `outstanding` is how many of its copies are out. Of its `lines` those
    must be there that are out with items, or claimed to be returned."""
    out = [line for line in lines if not line.ending]
    return {
        "occurred_at": now,
        "loan": loan.pk,
        "version": loan.version,
        "patron": loan.patron_id,
        "book": loan.book_id,
        "title": loan.title,
        "status": str(loan.status),
        "quantity": loan.quantity,
        "outstanding": outstanding,
        "due_on": loan.due_on,
        "terms": loan.terms_id,
        "items_out": {line.copy_id: line.items for line in out if line.items},
        "claimed": {line.copy_id: line.claimed_on for line in out if line.claimed_on},
    }


@dataclass(frozen=True, kw_only=True)
class LoanEvent(DomainEvent):
    """Something happened to a loan.

    `quantity` counts its copies without cancelled ones, `outstanding` those still out. `shelf` tells of each copy that
    moved or was marked where it is now. `patron` is null once the loan is nobody's any more. `terms` is the id of the
    rules that the loan keeps, as `TermsKept` told them. Of the copies that are out, `items_out` has how many
    accompanying items went along, if any, and `claimed` the last day that counts as late, where they are claimed to be
    returned.
    """

    about = "loan"

    loan: int
    version: int
    patron: int | None
    book: int
    title: str
    status: str
    quantity: int
    outstanding: int
    due_on: date | None
    terms: int | None = None
    items_out: dict[int, int] = field(default_factory=dict)
    claimed: dict[int, date] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BookBorrowed(LoanEvent):
    """A patron took copies of a book home; `category` is the patron's, `copy_type` that of all its copies, and `prices`
    has the price of each."""

    category: str = ""
    age_group: str = ""
    """The patron's, by the group's first year, on the day of the loan; empty where that is not known."""
    main_class: str = ""
    """The book's, a digit of the Korean Decimal Classification."""
    borrowed_on: date | None = None
    """The day of the loan, also of one that is recorded later."""
    copy_type: str = ""
    prices: dict[int, int | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BookReturned(LoanEvent):
    """Some or all copies of a loan came back, `days_late` days after the due date (0 when in time)."""

    return_id: int
    returned: int
    returned_on: date
    days_late: int
    days_counted: int = 0
    """Of the days late those that count by the rules that the loan keeps."""
    late_as: str = "fine"
    """What a late return leads to by these rules: `fine`, `suspension`, `both` or `nothing`."""
    category: str = ""
    """The patron's."""
    copy_type: str = ""
    prices: dict[int, int | None] = field(default_factory=dict)
    """The price of each copy that came back, in whole units of the library's currency."""
    late_items: dict[int, int] = field(default_factory=dict)
    """How many items came along with a copy that each count as one more late copy by these rules."""


@dataclass(frozen=True, kw_only=True)
class BookExpired(LoanEvent):
    """A loan's due date passed with copies still out; nothing is charged for that."""


@dataclass(frozen=True, kw_only=True)
class LoanCancelled(LoanEvent):
    """A loan, or the part of it that could not be had, was taken back by the library or the patron."""

    cancelled: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class LoanRenewed(LoanEvent):
    """A loan may be kept until a later due date."""


@dataclass(frozen=True, kw_only=True)
class ReturnUndone(LoanEvent):
    """A return is as if it had not been: its copies, of these prices, are out on their loan again."""

    return_id: int
    prices: dict[int, int | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LoanUndone(LoanEvent):
    """A loan is as if it had not been made: its copies are on the shelf again."""


@dataclass(frozen=True, kw_only=True)
class RenewalUndone(LoanEvent):
    """A renewal is as if it had not been: the loan is due when it was before, not on `due_before`. `renewal` is the
    loan's version that it had made, None in what 0.4.0 announced."""

    due_before: date
    renewal: int | None = None


@dataclass(frozen=True, kw_only=True)
class CopySubstituted(LoanEvent):
    """Another copy, of this price, took the place of one that was withdrawn while a loan was taking it."""

    prices: dict[int, int | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DueDateChanged(LoanEvent):
    """A loan's due date moved from `due_before`, out of days on which the library is closed or back there."""

    due_before: date

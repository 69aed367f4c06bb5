"""What lending announces of holds.

Every event about a hold tells the whole hold as it then was: `version` grows with each change of it. Nobody is told
when somebody else's place changes: `place` orders the holds of a book and volume that are `waiting` or `suspended`, so
a listener counts a position as one more than those of them with a lower `place`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from kernel.eventbus.events import DomainEvent
from lending.events.loans import Shelf


@dataclass(frozen=True, kw_only=True)
class HoldEvent(DomainEvent):
    """Something happened to a hold.

    `position` is the one that it had at that moment, None where it is not in the queue or was not counted. `copy` with
    its `barcode`, `ready_since` and `pickup_by` are there from the time when it is ready. `shelf` tells of each copy
    that moved, or that is in stock or out of stock by this, where it is now.
    """

    about = "hold"

    hold: int
    version: int
    patron: int | None
    book: int
    volume: str
    title: str
    status: str
    place: int
    position: int | None = None
    placed_at: datetime
    suspended_until: date | None = None
    ready_since: datetime | None = None
    pickup_by: date | None = None
    copy: int | None = None
    barcode: str | None = None
    shelf: Shelf = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class HoldPlaced(HoldEvent):
    """A patron has a place in the queue for a book."""


@dataclass(frozen=True, kw_only=True)
class HoldMoved(HoldEvent):
    """A hold has another place in the queue, also where it lost its copy, or another last day to be collected."""


@dataclass(frozen=True, kw_only=True)
class HoldSuspended(HoldEvent):
    """A hold keeps its place and is passed over to the day `suspended_until`, the last one, or until it is resumed."""


@dataclass(frozen=True, kw_only=True)
class HoldResumed(HoldEvent):
    """A hold that was suspended waits again."""


@dataclass(frozen=True, kw_only=True)
class HoldReady(HoldEvent):
    """A copy stands on the hold shelf for the patron, to be collected by the day `pickup_by`, the last one."""


@dataclass(frozen=True, kw_only=True)
class HoldCollected(HoldEvent):
    """The holder borrowed the book, by the loan `loan`."""

    loan: int


@dataclass(frozen=True, kw_only=True)
class HoldCancelled(HoldEvent):
    """A hold is over: `reason` is `by_patron`, `by_library` or `no_copy_left`."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class HoldExpired(HoldEvent):
    """A hold that was ready was not collected by its last day."""

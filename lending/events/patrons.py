"""What lending announces of what bars a patron."""

from dataclasses import dataclass
from datetime import date

from kernel.eventbus.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class RestrictionEvent(DomainEvent):
    """Something changed of what bars a patron; `restriction` counts these changes of a patron, who is
    null once it is nobody's any more."""

    about = "patron"

    patron: int | None
    restriction: int


@dataclass(frozen=True, kw_only=True)
class FamilyChanged(DomainEvent):
    """Patrons share a limit, from now on these; nobody, where the family is dissolved."""

    about = "family"

    family: int
    version: int
    members: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PatronSuspended(RestrictionEvent):
    """A patron borrows nothing to the day `until`, the last one, for late returns; also where these days changed.
    `return_id` is the return that led to it, None where another act did."""

    since: date
    until: date
    return_id: int | None


@dataclass(frozen=True, kw_only=True)
class SuspensionLifted(RestrictionEvent):
    """A suspension that would have lasted to the day `until_before` is over."""

    until_before: date


@dataclass(frozen=True, kw_only=True)
class PatronBlocked(RestrictionEvent):
    """A librarian barred a patron to the day `until`, the last one, or without an end; why is the event's reason."""

    block: int
    since: date
    until: date | None


@dataclass(frozen=True, kw_only=True)
class BlockLifted(RestrictionEvent):
    """A block by hand is over."""

    block: int


@dataclass(frozen=True, kw_only=True)
class UnpaidFeeImported(DomainEvent):
    """A patron owed something at the system before, as a file of open loans says; `fee` is its number at lending,
    `title` what it was for, and `due_on` when that was due, where the file has it."""

    about = "patron"

    patron: int | None
    fee: int
    amount: int
    title: str
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class UnpaidFeeDropped(DomainEvent):
    """An import was undone, and with it a fee that it had brought."""

    about = "patron"

    patron: int | None
    fee: int

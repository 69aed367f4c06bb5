"""What lending announces of its rules and of the calendar."""

from dataclasses import dataclass
from datetime import date

from kernel.eventbus.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class TermsKept(DomainEvent):
    """The first loan was made under these rules, which it and later ones with the same keep, whatever is adopted."""

    about = "terms"

    terms: int
    policy: int | None
    valid_from: date | None
    category: str
    copy_type: str
    rules: dict[str, int | bool | str | None]


@dataclass(frozen=True, kw_only=True)
class PolicyAdopted(DomainEvent):
    """Rules of lending were adopted for a category of patrons and a type of copies, or replaced of that day."""

    about = "policy"

    policy: int
    valid_from: date | None  # None: from the beginning
    category: str  # empty: any
    copy_type: str
    rules: dict[str, int | bool | str | None]  # what was said, by dotted names


@dataclass(frozen=True, kw_only=True)
class PolicyDropped(DomainEvent):
    """Rules of lending were dropped before their day."""

    about = "policy"

    policy: int


@dataclass(frozen=True, kw_only=True)
class CalendarChanged(DomainEvent):
    """The library's calendar changed; this is all of it, by the ids of its rules, closures and openings."""

    about = "calendar"

    calendar: int
    version: int
    rules: dict[int, date]
    """The first day of each."""
    closed: dict[int, dict[int, tuple[int, ...]]]
    """The weekdays of each rule (ISO) with the weeks of the month, none for each week."""
    if_holiday: dict[int, str]
    holidays: dict[int, str]
    """The country of each rule, or nothing."""
    open_on: dict[int, tuple[str, ...]]
    """The names of each rule's holidays that are open, `all` for every one."""
    closures: dict[int, tuple[date, date, str]]
    late_days_count: dict[int, bool | None]
    openings: dict[int, tuple[date, str]]

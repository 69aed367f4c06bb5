"""What a library's calendar is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from kernel.days.holidays import Holiday, holidays_of


class IfHoliday(StrEnum):
    """What becomes of a weekly closed day that is a public holiday.

    The holiday itself stays what it is by `holidays` and `open_on`.
    """

    ALSO = "also"
    """It is closed as any other."""
    NEXT_DAY = "next_day"
    """The next day that is not closed anyway is closed instead."""
    OPEN = "open"
    """It is not closed for its weekday."""


class Weekday(NamedTuple):
    """A closed weekday (ISO, 1 is Monday): each week, or only so manieth of the month."""

    weekday: int
    weeks: tuple[int, ...] = ()

    def is_on(self, day: date) -> bool:
        """Whether that day is one."""
        return day.isoweekday() == self.weekday and (not self.weeks or (day.day + 6) // 7 in self.weeks)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The regular closed days from a day on, until the next rule's day.

    `holidays` is a country (ISO 3166) on whose public holidays the library is closed, or "". `open_on` are names of
    holidays on which it is open all the same, with their substitutes; `open_on_all`: on every one.
    """

    valid_from: date
    closed: tuple[Weekday, ...] = ()
    if_holiday: str = IfHoliday.ALSO
    holidays: str = ""
    open_on: tuple[str, ...] = ()
    open_on_all: bool = False

    def holidays_in(self, year: int) -> Mapping[date, Holiday]:
        """The public holidays of a year. Raises `UnknownHolidays`."""
        return holidays_of(self.holidays, year) if self.holidays else {}

    def weekday_of(self, day: date) -> Weekday | None:
        """The closed weekday that a day is, if it is one."""
        return next((weekday for weekday in self.closed if weekday.is_on(day)), None)

    def is_open_on(self, holiday: Holiday) -> bool:
        """Whether the library is open on a public holiday."""
        return self.open_on_all or holiday.is_excepted(self.open_on)


@dataclass(frozen=True, kw_only=True)
class Closure:
    """Days on which the library is closed beside the regular ones, the first and the last among them.

    `late_days_count` says for everybody whether they count as days late; None: as the policies say.
    """

    first: date
    last: date
    reason: str = ""
    late_days_count: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A day on which the library is open, whatever else would close it."""

    day: date
    reason: str = ""

"""A library's calendar: whether it is open on a day, and why."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from kernel.days.holidays import Holiday
from kernel.days.rules import Closure, IfHoliday, Opening, Rule, Weekday

LEAD = 60
"""Days before a year that are looked at too: a closing that moved on comes within them."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day in the calendar. What it is set for, the first that there is decides: `opening`, `closure`, `holiday` where
    it is not `excepted`, `weekday`, and `instead_of`, the day whose closing moved here."""

    on: date
    opening: Opening | None = None
    closure: Closure | None = None
    holiday: Holiday | None = None
    excepted: bool = False
    weekday: Weekday | None = None
    instead_of: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether the library is open."""
        return self.opening is not None or not (self.is_closed_anyway or self.instead_of)

    @property
    def is_closed_anyway(self) -> bool:
        """Whether something closes it that did not move here."""
        return bool(self.closure or (self.holiday and not self.excepted) or self.weekday)


@dataclass(frozen=True, kw_only=True, eq=False)
class Calendar:
    """The dated rules, the newest of which holds whole, closures and openings. Without any it is open every day. It is
    equal to no other one, so that what follows from it can be kept by it."""

    rules: tuple[Rule, ...] = ()
    """In the order in which they came into force; of several of one day the last one holds."""
    closures: tuple[Closure, ...] = ()
    openings: tuple[Opening, ...] = ()
    _years: dict[int, dict[date, Day]] = field(default_factory=dict, init=False, repr=False)

    def day(self, day: date) -> Day:
        """What the calendar says of a day. Raises `UnknownHolidays` where a rule needs holidays that nobody knows."""
        if not (self.rules or self.closures):
            return Day(on=day, opening=self._opening(day))
        if day.year not in self._years:
            self._years[day.year] = {one.on: one for one in self._days_of(day.year)}
        return self._years[day.year][day]

    def is_open(self, day: date) -> bool:
        """Whether the library is open on a day. Raises `UnknownHolidays`."""
        return not (self.rules or self.closures) or self.day(day).is_open

    def rule_on(self, day: date) -> Rule | None:
        """The rule in force on a day, if there is one."""
        number = bisect_right(self.rules, day, key=lambda rule: rule.valid_from)
        return self.rules[number - 1] if number else None

    def _opening(self, day: date) -> Opening | None:
        return next((opening for opening in self.openings if opening.day == day), None)

    def _days_of(self, year: int) -> Iterator[Day]:
        """The days of a year and some before it, in one pass that carries the closings which move on."""
        moved: deque[date] = deque()
        last = date(year, 12, 31).toordinal()
        for number in range(max(1, last - 365 - LEAD), last + 1):
            day, moves = self._regular(date.fromordinal(number))
            if moved and not day.is_closed_anyway:
                day = replace(day, instead_of=moved.popleft())
            if moves:
                moved.append(day.on)
            yield day

    def _regular(self, day: date) -> tuple[Day, bool]:
        """A day without what moved there, and whether its own closing moves on."""
        rule, weekday, holiday = self.rule_on(day), None, None
        if rule:
            weekday, holiday = rule.weekday_of(day), rule.holidays_in(day.year).get(day)
        closure = next((one for one in self.closures if one.first <= day <= one.last), None)
        waived = bool(rule and holiday and weekday and rule.if_holiday != IfHoliday.ALSO)
        moves = waived and not closure and rule is not None and rule.if_holiday == IfHoliday.NEXT_DAY
        return Day(
            on=day,
            opening=self._opening(day),
            closure=closure,
            holiday=holiday,
            excepted=bool(rule and holiday and rule.is_open_on(holiday)),
            weekday=None if waived else weekday,
        ), moves

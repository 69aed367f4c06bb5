"""Late returns as the regulations count them (RULES.md 2 and 3), written a second time, day by day, from nothing of
the product but the calendar's word whether a day is open."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

DAY = timedelta(days=1)
Closed = Iterable[tuple[date, date, bool | None]]


def days_that_count(
    due_on: date,
    back_on: date,
    rules: dict[str, Any],
    closed: Closed,
    opened: set[date],
    is_open: Callable[[date], bool],
) -> int:
    """The days late that are charged or suspended for; none within grace."""
    count = 0
    for day in _days(due_on + DAY, back_on):
        said = [counts for first, last, counts in closed if first <= day <= last and counts is not None]
        if day in opened:
            count += 1
        elif said:
            count += all(said)
        else:
            count += rules["counts"] == "calendar" or is_open(day)
    return 0 if count <= rules["grace_days"] else count


@dataclass(frozen=True)
class Back:
    """A return as it was made: its id, its day, its copies, the days counted, and the rules of the loan."""

    pk: int
    day: date
    copies: int
    counted: int
    rules: dict[str, Any]

    @property
    def days(self) -> int:
        """What each copy brings."""
        rules = self.rules
        if rules["as_"] not in ("suspension", "both") or not self.counted:
            return 0
        return max(0, self.counted * rules["suspension_factor"] + rules["suspension_extra_days"])


def last_day(returns: list[Back], lifts: list[tuple[date, int]], is_open: Callable[[date], bool]) -> date | None:
    """The last day of the suspension that they lead to. A lift is its day and the newest return that it knew of."""
    end: date | None = None
    todo = sorted((back for back in returns if back.days), key=lambda back: (back.day, back.pk))
    for lifted_on, newest in lifts:
        for back in [one for one in todo if one.pk <= newest]:
            todo.remove(back)
            end = _after(end, back, is_open)
        end = None if end and end >= lifted_on else end
    for back in todo:
        end = _after(end, back, is_open)
    return end


def _after(end: date | None, back: Back, is_open: Callable[[date], bool]) -> date | None:
    rules = back.rules
    first = back.day + DAY if rules["suspension_first_day"] == "next" else back.day
    old = end if end and end >= first else first - DAY

    def off(start: date, days: int) -> date:
        while days:
            start += DAY
            days -= is_open(start) or not rules["suspension_skips_closed"]
        return start

    added = off(old, back.days * back.copies)
    new = added if rules["suspension"] == "sum" else max(old, off(first - DAY, back.days))
    if rules["suspension_max_days"] is not None:
        new = min(new, max(old, off(first - DAY, rules["suspension_max_days"])))
    return new if new >= first else end


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY

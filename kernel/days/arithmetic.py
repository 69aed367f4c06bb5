"""Due dates and open days. Every function looks at a bounded number of days, each once."""

from collections.abc import Iterable
from datetime import date, timedelta

from kernel.days.calendar import Calendar
from kernel.days.holidays import UnknownHolidays

REACH = 400
"""So many days behind a closed one are looked at for an open one."""
LAST_DAY = date.max
"""There are no days behind it."""


class NoOpenDayFound(LookupError):
    """No day within reach is open, or the holidays there are not known."""


class NoOpenDayLeft(LookupError):
    """No day up to the last one is open."""


def due_date(
    calendar: Calendar, start: date, days: int, *, first_day: str = "next", last_day: date | None = None
) -> date:
    """The last day of a period of so many days: the earliest open day on or after the day on which it ends.

    `first_day` says whether the day of the `start` counts ("same") or the next one is the first ("next"). Never past
    `last_day`: then it is the last open day up to it. Raises `NoOpenDayFound`, and `NoOpenDayLeft` where there is none
    from the start to `last_day`.
    """
    ends = _later(start, days - (first_day == "same"))
    reach = min(ends, LAST_DAY - timedelta(days=REACH)) + timedelta(days=REACH)
    if due := _first_open(calendar, _days(ends, min(reach, last_day or reach))):
        return due
    if last_day is None or reach < last_day:
        raise NoOpenDayFound(ends)
    if due := _first_open(calendar, reversed(_days(start, last_day))):
        return due
    raise NoOpenDayLeft(last_day)


def next_open_day(calendar: Calendar, day: date) -> date:
    """The earliest open day on or after a day. Raises `NoOpenDayFound`."""
    return _first_open(calendar, [day.toordinal()]) or due_date(calendar, day, 0)


def end_of_open_days(calendar: Calendar, start: date, days: int, *, first_day: str = "next") -> date:
    """The last of so many open days, the first of which is the day of the `start` ("same") or one behind it ("next");
    for no days at all, the earliest open day on or after the `start`. Raises `NoOpenDayFound`."""
    day = start if days <= 0 or first_day == "same" else _later(start, 1)
    day = next_open_day(calendar, day)
    for _ in range(days - 1):
        day = next_open_day(calendar, _later(day, 1))
    return day


def _first_open(calendar: Calendar, numbers: Iterable[int]) -> date | None:
    try:
        return next((day for day in map(date.fromordinal, numbers) if calendar.is_open(day)), None)
    except UnknownHolidays:
        return None


def _later(day: date, days: int) -> date:
    """So many days later. Raises `NoOpenDayFound` where that is behind the last day that there is."""
    if days > (LAST_DAY - day).days:
        raise NoOpenDayFound(day)
    return day + timedelta(days=days)


def _days(first: date, last: date) -> range:
    return range(first.toordinal(), last.toordinal() + 1)

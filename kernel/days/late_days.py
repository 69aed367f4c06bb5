"""Days late, the days of them that count, and the suspensions that follow from late returns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.days.calendar import Calendar, Day
from kernel.days.holidays import UnknownHolidays

CHARGING, SUSPENDING = frozenset({"fine", "both"}), frozenset({"suspension", "both"})
"""What a late return leads to, by the words of policies: those that cost money, and those that suspend."""
MOST_DAYS = 36_500
"""A suspension that is stretched by closed days is looked at for so long."""


def days_late(due_on: date, returned_on: date) -> int:
    """Whole days from the due date to the day of the return; 0 on the due date and before it."""
    return max(0, (returned_on - due_on).days)


def days_counted(calendar: Calendar, due_on: date, returned_on: date, *, open_only: bool, grace: int) -> int:
    """How many days late count: each, or the open ones only; none where there are not more than `grace`.

    The days of a closure count for everybody or for nobody where it says so, unless the library was open all the same.
    """
    late = range(due_on.toordinal() + 1, returned_on.toordinal() + 1)
    if open_only or any(closure.late_days_count is not None for closure in calendar.closures):
        counted = sum(_counts(calendar, date.fromordinal(number), open_only) for number in late)
    else:
        counted = len(late)
    return counted if counted > grace else 0


def _counts(calendar: Calendar, day: date, open_only: bool) -> bool:
    said = {closure.late_days_count for closure in calendar.closures if closure.first <= day <= closure.last}
    known = calendar_day(calendar, day) if open_only or said - {None} else None
    if known and known.opening:
        return True
    if False in said:
        return False
    return True in said or not open_only or (known is None or known.is_open)


def calendar_day(calendar: Calendar, day: date) -> Day | None:
    """What the calendar says of a day, None where the holidays are not known."""
    try:
        return calendar.day(day)
    except UnknownHolidays:
        return None


@dataclass(frozen=True, kw_only=True)
class LateReturn:
    """A late return: the day, the days that each of its copies brings, and how they make a suspension."""

    day: date
    days: int
    copies: int = 1
    adds_up: bool = False
    """Whether the copies' days are added up (`sum`), also to a running suspension; else the longest holds."""
    from_next_day: bool = False
    skips_closed: bool = False
    most_days: int | None = None
    """Of one return: it never carries the end past this, counted from its first day."""


@dataclass(frozen=True, kw_only=True)
class Lift:
    """What was running on a day ended then."""

    day: date


@dataclass(frozen=True, kw_only=True)
class Suspension:
    """The days without loans, the last one among them."""

    since: date
    until: date


def days_of_suspension(counted: int, *, factor: int, extra: int) -> int:
    """The days that one late copy brings; none for one whose days do not count."""
    return max(0, counted * factor + extra) if counted else 0


def suspension(
    calendar: Calendar, acts: Iterable[LateReturn | Lift], running: Suspension | None = None
) -> Suspension | None:
    """The suspension that follows from late returns and lifts in their order, whether it is over by now or not; they
    go on from one that is `running`."""
    for act in acts:
        running = _lifted(running, act.day) if isinstance(act, Lift) else _extended(calendar, running, act)
    return running


def _lifted(running: Suspension | None, day: date) -> Suspension | None:
    return running if running and running.until < day else None


def _extended(calendar: Calendar, running: Suspension | None, late: LateReturn) -> Suspension | None:
    if late.days < 1:
        return running
    first = late.day + timedelta(days=late.from_next_day)
    before = first - timedelta(days=1)
    old = running.until if running else before
    if late.adds_up:
        until = _counted_off(calendar, max(old, before), late.days * late.copies, late.skips_closed)
    else:
        until = max(old, _counted_off(calendar, before, late.days, late.skips_closed))
    if late.most_days is not None:
        until = min(until, max(old, _counted_off(calendar, before, late.most_days, late.skips_closed)))
    if until < first:
        return running
    goes_on = running is not None and running.until >= before
    return Suspension(since=running.since if running and goes_on else first, until=until)


def _counted_off(calendar: Calendar, before: date, days: int, skips_closed: bool) -> date:
    """The last of so many days behind a day; open ones only, where the closed ones are skipped."""
    if not skips_closed:
        return before + timedelta(days=min(days, (date.max - before).days))
    day = before
    for _number in range(MOST_DAYS):
        if days == 0:
            break
        day += timedelta(days=1)
        known = calendar_day(calendar, day)
        days -= known is None or known.is_open
    return day

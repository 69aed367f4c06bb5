"""What can be said of the calendar."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from django.utils.translation import get_language

from kernel.days.calendar import Calendar, Day
from kernel.days.holidays import UnknownHolidays, names_in
from kernel.days.rules import Closure, Opening, Rule
from kernel.days.words import why
from lending.calendar.memory import calendar_in_force

PREVIEW = timedelta(weeks=8)


def days_between(first: date, last: date) -> list[Day]:
    """The days from the first to the last. Raises `UnknownHolidays` where a rule needs holidays that nobody knows."""
    return _days(calendar_in_force(), first, last)


def why_of(day: Day) -> str:
    """Why it is open or closed on a day, in the language of whoever asks."""
    return why(day)["ko" if get_language() == "ko" else "en"]


def unknown_holidays(country: str, names: Collection[str]) -> list[str]:
    """Those of the names that no public holiday of the country has."""
    return sorted({*names} - (names_in(country) if country else set()))


def special_days(first: date, adding: Rule | Closure | Opening | None = None) -> list[Day]:
    """The days of the next weeks that are not open as usual, also if this was in the calendar already.

    None where the public holidays there are not known.
    """
    calendar = calendar_in_force()
    if isinstance(adding, Rule):
        rules = sorted((*calendar.rules, adding), key=lambda rule: rule.valid_from)
        calendar, first = replace(calendar, rules=tuple(rules)), max(first, adding.valid_from)
    elif isinstance(adding, Closure):
        calendar, first = replace(calendar, closures=(*calendar.closures, adding)), max(first, adding.first)
    elif adding:
        calendar, first = replace(calendar, openings=(*calendar.openings, adding)), max(first, adding.day)
    try:
        days = _days(calendar, first, first + PREVIEW)
    except (UnknownHolidays, OverflowError):
        return []
    return [day for day in days if not day.is_open or day.opening or day.holiday]


def _days(calendar: Calendar, first: date, last: date) -> list[Day]:
    return [calendar.day(date.fromordinal(number)) for number in range(first.toordinal(), last.toordinal() + 1)]

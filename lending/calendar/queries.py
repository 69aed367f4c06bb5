"""What can be said of the calendar."""

from datetime import date, timedelta

from kernel.days.calendar import Day
from lending.calendar.memory import calendar_in_force


def days_between(first: date, last: date) -> list[Day]:
    """The days from the first to the last. Raises `UnknownHolidays` where a rule needs holidays that nobody knows."""
    calendar = calendar_in_force()
    return [calendar.day(first + timedelta(days=number)) for number in range((last - first).days + 1)]

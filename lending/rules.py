"""Pure decisions of lending."""

from datetime import date, timedelta


def last_day_of(period: int, *, begins_on: date, first_day: str = "next") -> date:
    """The last of so many days; the first is the day after the beginning, or with `same` that day itself."""
    return begins_on + timedelta(days=period - (first_day == "same"))


def days_late(due_on: date, returned_on: date) -> int:
    """Whole days from the due date to the local date of the return; 0 on the due date and before it."""
    return max(0, (returned_on - due_on).days)

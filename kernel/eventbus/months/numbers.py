"""The months of the log: the ids of the events that were written in one begin at its number times `ROOM`.

So an id tells the month, a month is a range of ids, and ids only grow. What was written before `FIRST` has the ids
below it.
"""

from datetime import date

ROOM = 1_000_000_000
EPOCH = 2020
FIRST = 84
"""December 2026. What the log has from before is one part of it, and counts as one month."""


def month_of_day(day: date) -> int:
    """The number of a day's month."""
    return max(12 * (day.year - EPOCH) + day.month, FIRST - 1)


def month_of(event_id: int) -> int:
    """The number of the month in which an event was written."""
    return max(event_id // ROOM, FIRST - 1)


def first_id_of(month: int) -> int:
    """Where a month's ids begin."""
    return month * ROOM if month >= FIRST else 0


def first_day_of(month: int) -> date:
    """The first day of a month; of what was written before `FIRST`, of the last month of that."""
    return date(EPOCH + (month - 1) // 12, 1 + (month - 1) % 12, 1)

"""When a hold is perhaps ready: a guess, of which nobody is promised anything. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from heapq import heapify, heapreplace
from typing import NamedTuple

USUALLY_KEPT = timedelta(days=14)
"""For so long a book is kept of which nothing has come back yet."""


class Coming(NamedTuple):
    """A copy that goes to somebody some day: when it is due, None where it is not out."""

    volume: str
    due_on: date | None


def guess(position: int, volume: str, coming: Iterable[Coming], kept: timedelta | None, today: date) -> date | None:
    """What stands on the hold shelf, in the drop box or is to be pulled goes to somebody first."""
    days = (kept or USUALLY_KEPT) / timedelta(days=1)
    there_again = today + timedelta(days=round(days))
    fitting = [one.due_on or there_again for one in coming if volume in {"", one.volume}]
    return expected_on(position, fitting, days, today)


def expected_on(position: int, coming: Iterable[date], days_kept: float, today: date) -> date | None:
    """The day on which a copy comes for that position, where copies come on those days and each of those before keeps
    one so long. None where none comes."""
    days = [max(day, today) for day in coming]
    if not days:
        return None
    heapify(days)
    for _before in range(position - 1):
        heapreplace(days, days[0] + timedelta(days=max(1, round(days_kept))))
    return days[0]

"""Pure decisions about when notices go out."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

SITTING = timedelta(minutes=3)
"""What happens to one patron within it goes out as one; and what is taken back within it does not go out."""
LATEST = timedelta(days=1)
"""What could not go out for so long does not go out any more."""


def is_quiet(moment: datetime, begins: time | None, ends: time | None) -> bool:
    """Whether nothing goes out at that moment, in local time. The quiet hours may be over midnight."""
    if begins is None or ends is None or begins == ends:
        return False
    at = moment.time()
    return begins <= at < ends if begins < ends else at >= begins or at < ends


def stages(today: date, oldest: date, after: int | None, every: int | None, times: int | None) -> Iterator[date]:
    """The due dates of which a reminder falls on this day: the first `after` so many days, then `every` so many, at
    most `times`; the first comes first. None lies before the `oldest`."""
    if after is None:
        return
    due_on, number = today - timedelta(days=after), 0
    while due_on >= oldest and (times is None or number < times):
        yield due_on
        if not every:
            return
        due_on, number = due_on - timedelta(days=every), number + 1


def digest_moment(now: datetime, at: time) -> datetime:
    """When the digest goes out that takes what comes about now: today's, or now where that is past."""
    return max(now, datetime.combine(now.date(), at, now.tzinfo))

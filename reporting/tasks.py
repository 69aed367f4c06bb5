"""What the clock asks of statistics."""

import time

from reporting.counting import count_stale_days as count

TIME_LIMIT = 20.0
"""Seconds after which the task leaves the rest to the minute's schedule, well under the cluster's timeout."""


def count_stale_days() -> int:
    """Counts the days of which something changed since the last minute."""
    end = time.monotonic() + TIME_LIMIT
    return count(lambda: time.monotonic() > end)

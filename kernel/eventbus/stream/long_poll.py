"""Waits for events without holding what others need."""

import threading
import time
from collections.abc import Callable

from django.db import connections

from kernel.eventbus.models import Event
from kernel.http.draining import is_leaving

LONGEST = 20
"""Seconds that a reader may wait, under what proxies give an answer."""
MOST = 2
"""How many may wait at once in one process: each keeps one of its few threads from everybody else."""
LOOK_AGAIN = 0.2

_places = threading.BoundedSemaphore(MOST)


def awaited(read: Callable[[], list[Event]], seconds: int) -> list[Event]:
    """What `read` finds at once, or within so many seconds; nothing when they are over.

    Between two looks neither a transaction nor a connection is held. Where `MOST` are waiting already, this one
    does not wait; nor does anybody once the process was told to stop.
    """
    found = read()
    if found or not seconds or not _places.acquire(blocking=False):
        return found
    try:
        return _look_until(read, time.monotonic() + seconds)
    finally:
        _places.release()


def _look_until(read: Callable[[], list[Event]], end: float) -> list[Event]:
    found: list[Event] = []
    while not found and time.monotonic() < end and not is_leaving():
        connections.close_all()
        time.sleep(LOOK_AGAIN)
        found = read()
    return found

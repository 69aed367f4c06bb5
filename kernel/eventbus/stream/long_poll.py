"""Long polling: waits for events without holding a transaction or a connection."""

import threading
import time
from collections.abc import Callable

from django.db import connections

from kernel.eventbus.models import Event
from kernel.http.draining import is_leaving

LONGEST_WAIT = 20
"""Seconds that a reader may wait, under the timeouts of proxies."""
MAX_WAITING = 2
"""How many readers may wait at once in one process: each occupies one of its few threads."""
POLL_INTERVAL = 0.2

_slots = threading.BoundedSemaphore(MAX_WAITING)


def long_poll(read: Callable[[], list[Event]], seconds: int) -> list[Event]:
    """What `read` finds at once, or within so many seconds; nothing when they are over.

    While `MAX_WAITING` readers wait already, this one does not; nor does any while the process is draining.
    """
    found = read()
    if found or not seconds or not _slots.acquire(blocking=False):
        return found
    try:
        return _poll_until(read, time.monotonic() + seconds)
    finally:
        _slots.release()


def _poll_until(read: Callable[[], list[Event]], end: float) -> list[Event]:
    found: list[Event] = []
    while not found and time.monotonic() < end and not is_leaving():
        connections.close_all()
        time.sleep(POLL_INTERVAL)
        found = read()
    return found

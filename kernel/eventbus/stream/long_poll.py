"""Long polling: waits for events without holding a transaction or a connection."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections

from kernel.eventbus.models import Event
from kernel.http.draining import is_draining
from kernel.waiting import waiting

LONGEST_WAIT = 20
"""Seconds that a reader may wait, under the timeouts of proxies."""
MAX_WAITING = 2
"""How many readers may wait at once in one process: each occupies one of its few threads."""
POLL_INTERVAL = 0.2
ASK_AGAIN = 2
"""Seconds after which a reader that could not wait here asks again: its news is as old as that at the most."""

_slots = threading.BoundedSemaphore(MAX_WAITING)


@dataclass(frozen=True)
class Polled:
    """What was found, and whether it is nothing because the reader could not wait as long as it wanted to."""

    events: list[Event]
    is_early: bool = False


def long_poll(read: Callable[[], list[Event]], seconds: int) -> Polled:
    """What `read` finds at once, or within so many seconds; nothing when they are over.

    While `MAX_WAITING` readers wait already, this one does not; nor does any while the process is draining.
    """
    found = read()
    if found or not seconds:
        return Polled(found)
    if not _slots.acquire(blocking=False):
        return Polled([], is_early=True)
    try:
        return _poll_until(read, time.monotonic() + seconds)
    finally:
        _slots.release()


def _poll_until(read: Callable[[], list[Event]], end: float) -> Polled:
    while time.monotonic() < end:
        if is_draining():
            return Polled([], is_early=True)
        connections.close_all()
        with waiting():
            time.sleep(POLL_INTERVAL)
        if found := read():
            return Polled(found)
    return Polled([])

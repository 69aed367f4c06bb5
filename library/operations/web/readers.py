"""Threads that read the body of a request that waits. Whoever sends slowly keeps one for as long as it takes: so that
not all are kept, only some may read while one of them is slow."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SLOW = 1.0
"""Seconds. A body that is sent at once takes a fraction of a millisecond."""


class ManySlowSenders(Exception):
    """Of those who read all that may, and one has for long."""


class Readers:
    """So many threads read at once, or more where none of them is slow."""

    def __init__(self, most: int) -> None:
        self._most, self._since = most, dict[int, float]()
        self._lock = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """This thread is one of them inside. Raises `ManySlowSenders`."""
        me, now = threading.get_ident(), time.monotonic()
        with self._lock:
            if len(self._since) >= self._most and now - min(self._since.values()) > SLOW:
                raise ManySlowSenders
            self._since[me] = now
        try:
            yield
        finally:
            with self._lock:
                del self._since[me]

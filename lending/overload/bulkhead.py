"""A bulkhead: a bounded number of slots, and a bounded queue in front of them, first come, first served."""

import threading
from collections import deque


class BulkheadFull(Exception):
    """The queue was full, or the wait in it too long."""


class Bulkhead:
    """So many callers run at once, and so many wait. For any number of threads."""

    def __init__(self, concurrent: int, queued: int) -> None:
        self._concurrent, self._longest = concurrent, queued
        self._queue: deque[threading.Event] = deque()
        self._lock = threading.Lock()
        self.running = 0

    @property
    def queued(self) -> int:
        """How many wait now."""
        return len(self._queue)

    def acquire(self, timeout: float) -> None:
        """Returns with a slot, which the caller must `release`, within so many seconds. Raises `BulkheadFull`."""
        with self._lock:
            if self.running < self._concurrent:
                self.running += 1
                return
            if len(self._queue) >= self._longest:
                raise BulkheadFull
            called = threading.Event()
            self._queue.append(called)
        if not called.wait(timeout):
            self._give_up(called)

    def release(self) -> None:
        """Gives the slot to whoever has waited longest."""
        with self._lock:
            if self._queue:
                self._queue.popleft().set()
            else:
                self.running -= 1

    def _give_up(self, called: threading.Event) -> None:
        with self._lock:
            if called.is_set():  # a slot came at the last moment
                return
            self._queue.remove(called)
        raise BulkheadFull

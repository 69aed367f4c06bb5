"""A bulkhead: a bounded number of slots, and a bounded queue in front of them, first come, first served, but for those
who go first."""

import threading
from collections import deque

from kernel.waiting import waiting


class BulkheadFull(Exception):
    """The queue was full, or the wait in it too long."""


class Bulkhead:
    """So many callers run at once, and so many wait. For any number of threads."""

    def __init__(self, concurrent: int, queued: int, kept: int = 0) -> None:
        self._concurrent, self._longest, self._kept = concurrent, queued, kept
        self._first: deque[threading.Event] = deque()
        self._queue: deque[threading.Event] = deque()
        self._lock = threading.Lock()
        self.running = 0

    @property
    def queued(self) -> int:
        """How many wait now."""
        return len(self._first) + len(self._queue)

    def acquire(self, timeout: float, first: bool = False) -> None:
        """Returns with a slot, which the caller must `release`, within so many seconds. Raises `BulkheadFull`.

        Who goes `first` has the slots that are kept, and finds a place in a full queue too, before all others.
        """
        queue = self._first if first else self._queue
        with self._lock:
            if self.running < self._concurrent + first * self._kept:
                self.running += 1
                return
            if len(queue) >= self._longest:
                raise BulkheadFull
            called = threading.Event()
            queue.append(called)
        with waiting():
            came = called.wait(timeout)
        if not came:
            self._give_up(called, queue)

    def release(self) -> None:
        """Gives the slot to whoever has waited longest."""
        with self._lock:
            may_any = self.running <= self._concurrent
            if queue := self._first or (self._queue if may_any else None):
                queue.popleft().set()
            else:
                self.running -= 1

    def _give_up(self, called: threading.Event, queue: deque[threading.Event]) -> None:
        with self._lock:
            if called.is_set():  # a slot came at the last moment
                return
            queue.remove(called)
        raise BulkheadFull

"""Threads that read the body of a request that waits. Whoever sends slowly keeps one for as long as it takes, so not
all of them may read at once: the others receive what has no body."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

TIMEOUT = 0.1
"""Seconds that one waits until it may read. A body that is sent at once takes a fraction of a millisecond."""


class ManySlowSenders(Exception):
    """Of those who read all that may, and none was done in time."""


class Readers:
    """So many threads read at once."""

    def __init__(self, most: int) -> None:
        self._free = BoundedSemaphore(most)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """This thread is one of them inside. Raises `ManySlowSenders`."""
        if not self._free.acquire(timeout=TIMEOUT):
            raise ManySlowSenders
        try:
            yield
        finally:
            self._free.release()

"""Whether a process that has had to turn people away for some time had better be left alone for a moment."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FULL_FOR = (5.0, 15.0)
"""Seconds for which people must have been turned away; each process has its own, so that not all say so at once."""
SAYS_SO = 10.0
"""Seconds for which it says so at the most."""
REST = 60.0
"""Seconds after that in which it does not say so again, whatever happens."""


class Room:
    """Notes who is turned away. Meant for a balancer that can ask somebody else, and built so that it never takes
    everybody out of service for long, however little room there is anywhere."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._full_for = random.uniform(*FULL_FOR)  # noqa: S311  so that not all say so at once, not a secret
        self._full_since: float | None = None
        self._said_since = -SAYS_SO - REST

    @contextmanager
    def watching(self, turned_away: tuple[type[Exception], ...]) -> Iterator[None]:
        """The block is one who comes; those exceptions mean that there was no room. They go through."""
        try:
            yield
        except turned_away:
            self._full_since = self._clock() if self._full_since is None else self._full_since
            raise

    def note_free(self) -> None:
        """Somebody came in with nobody waiting: there is room."""
        self._full_since = None

    def is_short(self, full_now: bool) -> bool:
        """Whether people have been turned away ever since `FULL_FOR` ago, and it is still full."""
        now = self._clock()
        if not full_now or self._full_since is None or now - self._full_since < self._full_for:
            return False
        if now - self._said_since >= SAYS_SO + REST:
            self._said_since = now
        return now - self._said_since < SAYS_SO

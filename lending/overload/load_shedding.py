"""Whether a process that has refused work for some time should say so to its load balancer for a moment."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FULL_FOR = (5.0, 15.0)
"""Seconds for which work must have been refused; drawn each time, so that not all processes shed at once."""
SHEDS_FOR = 10.0
"""Seconds for which it sheds at the most."""
REST = 60.0
"""Seconds after that in which it does not shed again, whatever happens."""


class LoadShedding:
    """Observes refused work. Meant for a load balancer that can ask another process, and built so that it never takes
    every process out of service for long, however little capacity there is."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._full_for = FULL_FOR[1]
        self._full_since: float | None = None
        self._shedding_since = -SHEDS_FOR - REST

    @contextmanager
    def observing(self, refused: tuple[type[Exception], ...]) -> Iterator[None]:
        """The block is one call; those exceptions mean that there was no capacity. They go through."""
        try:
            yield
        except refused:
            if self._full_since is None:
                self._full_since = self._clock()
                self._full_for = random.uniform(*FULL_FOR)  # noqa: S311  jitter, not a secret
            raise

    def note_capacity(self) -> None:
        """A call got its slot with nobody queued: there is capacity."""
        self._full_since = None

    def is_shedding(self, full_now: bool) -> bool:
        """Whether work has been refused ever since `FULL_FOR` ago, and it is still full."""
        now = self._clock()
        if not full_now or self._full_since is None or now - self._full_since < self._full_for:
            return False
        if now - self._shedding_since >= SHEDS_FOR + REST:
            self._shedding_since = now
        return now - self._shedding_since < SHEDS_FOR

"""What stands before lending's writes in each process: few at work at once, a short line, and a circuit breaker."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from kernel.storage.databases import OUT_OF_REACH
from lending.metrics import AT_WORK, BREAKER, BREAKER_CHANGES, FALLBACKS, IN_LINE
from lending.overload.bulkhead import NoPlace, Places
from lending.overload.circuit_breaker import Breaker, BreakerOpen, BreakerRules, State
from lending.overload.faults import faults
from lending.overload.shedding import Room

logger = logging.getLogger(__name__)
NOT_BEGUN = (NoPlace, BreakerOpen)
OVERLOAD = (*NOT_BEGUN, *OUT_OF_REACH)
"""What `place` raises, or the work inside it, when there is too much to do or the database can't do it."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many writes are at work at once, how many wait, and for how many seconds at the most."""

    at_once: int
    in_line: int
    patience: float


class Guard:
    """Bounds the writes of one process. The wait in line counts too, so a line that drags opens the breaker."""

    def __init__(self, limits: Limits, rules: BreakerRules) -> None:
        self.begin_anew(limits, rules)
        for state in State:
            BREAKER_CHANGES.labels(state.value)  # told with 0 from the start
        for cause in OVERLOAD:
            FALLBACKS.labels(cause.__name__)

    def begin_anew(self, limits: Limits, rules: BreakerRules) -> None:
        """Forgets everything and goes by these rules."""
        self.limits, self.rules = limits, rules
        self.places = Places(limits.at_once, limits.in_line)
        self.breaker = Breaker(rules, time.monotonic, (NoPlace, *OUT_OF_REACH), self._note_change)
        self.room = Room(time.monotonic)
        self._show(State.CLOSED)

    @contextmanager
    def place(self) -> Iterator[None]:
        """One write. Raises `NoPlace` or `BreakerOpen` before it began."""
        with self.room.watching(NOT_BEGUN), self.breaker.watching():
            with IN_LINE.track_inprogress():
                self.places.take(self.limits.patience)
            if self.breaker.state == State.CLOSED and not self.places.in_line:
                self.room.note_free()
            try:
                with AT_WORK.track_inprogress():
                    faults.strike_work()
                    yield
            finally:
                self.places.leave()

    def is_short_of_room(self) -> bool:
        """Whether somebody else had better be asked, as `Room` says."""
        return self.room.is_short(bool(self.places.in_line) or self.breaker.state != State.CLOSED)

    def note_fallback(self, why: Exception) -> None:
        """Counts a write that was put off, by its cause."""
        FALLBACKS.labels(type(why).__name__).inc()
        logger.debug("put off (%r): %s at work, %s in line", why, self.places.at_work, self.places.in_line)

    def _note_change(self, entered: State) -> None:
        BREAKER_CHANGES.labels(entered.value).inc()
        self._show(entered)

    def _show(self, now: State) -> None:
        for state in State:
            BREAKER.labels(state.value).set(state == now)


guard = Guard(Limits(**settings.LENDING_LIMITS), BreakerRules(**settings.LENDING_BREAKER))

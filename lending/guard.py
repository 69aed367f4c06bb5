"""What stands before lending's writes in each process: few at work at once, a short line, and a circuit breaker."""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from lending.breaker import Breaker, BreakerOpen, BreakerRules
from lending.faults import faults
from lending.places import NoPlace, Places
from library.databases import OUT_OF_REACH

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

    def begin_anew(self, limits: Limits, rules: BreakerRules) -> None:
        """Forgets everything and goes by these rules."""
        self.limits, self.rules = limits, rules
        self.places = Places(limits.at_once, limits.in_line)
        self.breaker = Breaker(rules, time.monotonic, (NoPlace, *OUT_OF_REACH))
        self.fallbacks: Counter[str] = Counter()

    @contextmanager
    def place(self) -> Iterator[None]:
        """One write. Raises `NoPlace` or `BreakerOpen` before it began."""
        with self.breaker.watching():
            self.places.take(self.limits.patience)
            try:
                faults.strike_work()
                yield
            finally:
                self.places.leave()

    def note_fallback(self, why: Exception) -> None:
        """Counts a write that was put off, by its cause."""
        self.fallbacks[type(why).__name__] += 1
        logger.debug("put off (%r): %s at work, %s in line", why, self.places.at_work, self.places.in_line)


guard = Guard(Limits(**settings.LENDING_LIMITS), BreakerRules(**settings.LENDING_BREAKER))

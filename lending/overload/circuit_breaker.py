"""A circuit breaker: it stops calls that fail or drag, lets one try after a rest, and closes when that went well.

Our own, because the known ones hold their lock during the call, or let everybody through when half-open.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

logger = logging.getLogger(__name__)


class State(StrEnum):
    """Closed lets every call through, open none, half-open one at a time."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class CircuitOpen(Exception):
    """The call was not made."""


@dataclass(frozen=True, kw_only=True)
class CircuitBreakerRules:
    """When a circuit breaker opens, and for how long; times in seconds.

    A call is bad when it fails or takes longer than `slow`. It opens once at least `minimum` calls ended within the
    last `window`, `share` of them or more were bad, and that has held for `held`.
    """

    slow: float = 0.61
    share: float = 0.5
    minimum: int = 10
    window: float = 10
    held: float = 2
    rest: float = 5


class CircuitBreaker:
    """Watches calls from any number of threads. Only the notes are made under its lock, never the call.

    `clock` is monotonic. `faults` are the exceptions that make a call bad; any other is an answer like any.
    `entered` is told of each state that it enters, under the lock.
    """

    _bad_since: float | None

    def __init__(
        self,
        rules: CircuitBreakerRules,
        clock: Callable[[], float],
        faults: tuple[type[Exception], ...],
        entered: Callable[[State], None],
    ) -> None:
        self.rules, self._clock, self._faults, self._entered = rules, clock, faults, entered
        self.state = State.CLOSED
        self._lock = threading.Lock()
        self._generation = 0
        self._since = clock()
        self._begin_notes()

    @contextmanager
    def observing(self, waited: Sequence[float] = (0.0,)) -> Iterator[None]:
        """The block is one call, or several that are done together, each after it has `waited` so many seconds, which
        count as part of it. Raises `CircuitOpen` instead of beginning it; what it raises goes through."""
        generation, began = self._admit(), self._clock()
        bad = True
        try:
            yield
            bad = False
        except self._faults:
            raise
        except Exception:  # a refusal or a fault of the caller's: it goes through, and is no sign of overload
            bad = False
            raise
        finally:
            self._note(generation, bad, began, waited)

    def _admit(self) -> int:
        """The generation in which a call begins. A probe that is not back after a whole rest is given up."""
        with self._lock:
            if self.state != State.CLOSED:
                if self._clock() - self._since < self.rules.rest:
                    raise CircuitOpen
                self._enter(State.HALF_OPEN)
            return self._generation

    def _note(self, generation: int, bad: bool, began: float, waited: Sequence[float]) -> None:
        with self._lock:
            now = self._clock()
            calls = [bad or now - began + before > self.rules.slow for before in waited]
            if generation != self._generation:  # it began before the state changed, so it says nothing about this one
                return
            if self.state == State.HALF_OPEN:
                self._enter(State.OPEN if any(calls) else State.CLOSED)
            elif self._is_too_bad(now, calls):
                self._enter(State.OPEN)

    def _is_too_bad(self, now: float, calls: Sequence[bool]) -> bool:
        """Takes down which of these calls were bad; whether the bad ones have been too many for long enough."""
        self._notes.extend((now, bad) for bad in calls)
        self._bad += sum(calls)
        while self._notes[0][0] < now - self.rules.window:
            self._bad -= self._notes.popleft()[1]
        if len(self._notes) < self.rules.minimum or self._bad < self.rules.share * len(self._notes):
            self._bad_since = None
            return False
        self._bad_since = now if self._bad_since is None else self._bad_since
        return now - self._bad_since >= self.rules.held

    def _enter(self, state: State) -> None:
        counted = f"{self._bad} of {len(self._notes)} calls were bad"
        logger.warning("the circuit breaker is %s, it was %s; %s", state.value, self.state.value, counted)
        self.state, self._since = state, self._clock()
        self._entered(state)
        self._generation += 1
        self._begin_notes()

    def _begin_notes(self) -> None:
        self._notes: deque[tuple[float, bool]] = deque()
        self._bad = 0
        self._bad_since = None

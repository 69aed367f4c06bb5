"""Admission control for lending's writes in each process: a bulkhead with a short queue, and a circuit breaker."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

from django.conf import settings

from kernel.storage.databases import OUT_OF_REACH
from kernel.storage.precedence import goes_first
from lending.metrics import AT_WORK, CIRCUIT_CHANGES, CIRCUIT_STATE, FALLBACKS, QUEUED
from lending.overload.bulkhead import Bulkhead, BulkheadFull
from lending.overload.circuit_breaker import CircuitBreaker, CircuitBreakerRules, CircuitOpen, State
from lending.overload.faults import faults
from lending.overload.load_shedding import LoadShedding

logger = logging.getLogger(__name__)
NOT_BEGUN = (BulkheadFull, CircuitOpen)
OVERLOAD = (*NOT_BEGUN, *OUT_OF_REACH)
"""What `slot` raises, or the work inside it, when there is too much to do or the database can't do it."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many writes run at once, how many may be queued, and for how many seconds at the most; and how many slots
    beside these are kept for those who go first."""

    concurrent: int
    queued: int
    timeout: float
    kept: int = 0


class AdmissionControl:
    """Bounds the writes of one process. The time in the queue counts as part of a call, so a queue that drags opens
    the circuit breaker."""

    def __init__(self, limits: Limits, rules: CircuitBreakerRules) -> None:
        self.reset(limits, rules)
        for state in State:
            CIRCUIT_CHANGES.labels(state.value)  # exported with 0 from the start
        for cause in OVERLOAD:
            FALLBACKS.labels(cause.__name__)

    def reset(self, limits: Limits, rules: CircuitBreakerRules) -> None:
        """Forgets everything observed so far and goes by these limits and rules."""
        self.limits, self.rules = limits, rules
        self.bulkhead = Bulkhead(limits.concurrent, limits.queued, limits.kept)
        failures = (BulkheadFull, *OUT_OF_REACH)
        self.circuit_breaker = CircuitBreaker(rules, time.monotonic, failures, self._count_change)
        self.load_shedding = LoadShedding(time.monotonic)
        self._show(State.CLOSED)

    def let_one_in(self) -> None:
        """Has a slot from now on, whatever is set: this process decides what the others deferred."""
        if not self.limits.concurrent:
            self.reset(replace(self.limits, concurrent=1), self.rules)

    @contextmanager
    def slot(self, waited: Sequence[float] = (0.0,)) -> Iterator[None]:
        """The block is one write, for one call, or for several that have each `waited` so many seconds to be done
        together. Raises `BulkheadFull` or `CircuitOpen` before it begins.

        The circuit breaker is for a crowd: who goes first (`kernel/storage/precedence.py`) takes the next slot even
        while it is open, and is no sign of how the crowd fares.
        """
        with nullcontext() if (first := goes_first()) else self._observing(waited):
            with QUEUED.track_inprogress():
                self.bulkhead.acquire(self.limits.timeout, first)
            if self.circuit_breaker.state == State.CLOSED and not self.bulkhead.queued:
                self.load_shedding.note_capacity()
            try:
                with AT_WORK.track_inprogress():
                    faults.strike_work()
                    yield
            finally:
                self.bulkhead.release()

    @contextmanager
    def _observing(self, waited: Sequence[float]) -> Iterator[None]:
        with self.load_shedding.observing(NOT_BEGUN), self.circuit_breaker.observing(waited):
            yield

    def is_shedding(self) -> bool:
        """Whether a load balancer should ask another process, as `LoadShedding` says."""
        return self.load_shedding.is_shedding(
            bool(self.bulkhead.queued) or self.circuit_breaker.state != State.CLOSED,
        )

    def count_deferral(self, why: Exception) -> None:
        """Counts a write that was deferred or refused, by its cause."""
        FALLBACKS.labels(type(why).__name__).inc()
        logger.debug("deferred (%r): %s running, %s queued", why, self.bulkhead.running, self.bulkhead.queued)

    def _count_change(self, entered: State) -> None:
        CIRCUIT_CHANGES.labels(entered.value).inc()
        self._show(entered)

    def _show(self, now: State) -> None:
        for state in State:
            CIRCUIT_STATE.labels(state.value).set(state == now)


admission = AdmissionControl(
    Limits(**settings.LENDING_LIMITS),
    CircuitBreakerRules(**settings.LENDING_CIRCUIT_BREAKER),
)

"""A lending that is overloaded on purpose, in this process only."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import OperationalError

from lending.overload.admission import Limits, admission
from lending.overload.circuit_breaker import CircuitBreakerRules
from lending.overload.faults import faults, faults_named


@contextmanager
def admission_limits(
    concurrent: int = 4, queued: int = 16, timeout: float = 0.3, kept: int = 0, **rules: float
) -> Iterator[None]:
    """Admission control goes by these limits, and in the end by the usual ones."""
    limits, usual = admission.limits, admission.rules
    limited = Limits(concurrent=concurrent, queued=queued, timeout=timeout, kept=kept)
    admission.reset(limited, CircuitBreakerRules(**rules))
    try:
        yield
    finally:
        admission.reset(limits, usual)


@contextmanager
def overloaded() -> Iterator[None]:
    """Nobody gets a place."""
    with admission_limits(concurrent=0, queued=0):
        yield


@contextmanager
def broken(text: str) -> Iterator[None]:
    """Lending has these faults."""
    before = vars(faults).copy()
    vars(faults).update(vars(faults_named(text)))
    try:
        with admission_limits():
            yield
    finally:
        vars(faults).update(before)


@contextmanager
def breaker_open() -> Iterator[None]:
    """The breaker has just opened."""
    with admission_limits(minimum=1, held=0):
        with suppress(OperationalError), admission.slot():
            raise OperationalError
        yield

"""A lending that is overloaded on purpose, in this process only."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import OperationalError

from lending.overload.admission import Limits, guard
from lending.overload.circuit_breaker import BreakerRules
from lending.overload.faults import faults, faults_named


@contextmanager
def guarded_by(at_once: int = 4, in_line: int = 16, patience: float = 0.3, **rules: float) -> Iterator[None]:
    """The guard goes by these limits, and in the end by the usual ones."""
    limits, usual = guard.limits, guard.rules
    guard.begin_anew(Limits(at_once=at_once, in_line=in_line, patience=patience), BreakerRules(**rules))
    try:
        yield
    finally:
        guard.begin_anew(limits, usual)


@contextmanager
def overloaded() -> Iterator[None]:
    """Nobody gets a place."""
    with guarded_by(at_once=0, in_line=0):
        yield


@contextmanager
def broken(text: str) -> Iterator[None]:
    """Lending has these faults."""
    before = vars(faults).copy()
    vars(faults).update(vars(faults_named(text)))
    try:
        with guarded_by():
            yield
    finally:
        vars(faults).update(before)


@contextmanager
def breaker_open() -> Iterator[None]:
    """The breaker has just opened."""
    with guarded_by(minimum=1, held=0):
        with suppress(OperationalError), guard.place():
            raise OperationalError
        yield

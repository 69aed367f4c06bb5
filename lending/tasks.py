"""What workers do for lending."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_q.tasks import async_task

from lending.guard import OVERLOAD, guard
from lending.overdue import sweep_overdue
from lending.putting_off import do_return, end_turn, take_turn
from lending.queries import put_off_returns, requested_loans
from lending.requests import decide_loan

PATIENCE = 10.0
"""Seconds after which a task ends and asks to be called again, well under the cluster's timeout."""
LINGER = 0.5
"""Seconds after a call until which a worker stays and looks for more."""
WORK = "put off"
LOOK_AGAIN = 0.05
CALL_COVERS = LINGER / 2
"""Seconds for which one call is enough: whoever answers it is still there when they are over."""
logger = logging.getLogger(__name__)

_last_call = -CALL_COVERS


def decide_soon() -> None:
    """Asks a worker to do what was put off. A lost call costs some delay: the minute's sweep does it."""
    global _last_call
    called_at = time.monotonic()
    if called_at - _last_call >= CALL_COVERS:
        async_task("lending.tasks.answer_call", time.time(), save=False)
        _last_call = called_at


def answer_call(called_at: float = 0) -> None:
    """Does what was put off, and what is put off while it lingers. Nothing, while another worker does that."""
    now = timezone.now()
    if not take_turn(WORK, now=now, until=now + timedelta(seconds=2 * PATIENCE)):
        return
    try:
        more = _stay(called_at + LINGER)
    finally:
        end_turn(WORK, now=timezone.now())
    if more:
        async_task("lending.tasks.answer_call", time.time(), save=False)


def _stay(until: float) -> bool:
    """Whether there may be more to do."""
    started = time.monotonic()
    while (done := decide_requested_loans()) or time.time() < until:
        if time.monotonic() - started > PATIENCE:
            return True
        if not done:
            time.sleep(LOOK_AGAIN)
    return False


def decide_requested_loans() -> int:
    """Does the returns that were put off, then decides requested loans, each in the order in which they were accepted.

    Waits while lending does not breathe, and leaves off after PATIENCE. Returns how many were done.
    """
    until = time.monotonic() + PATIENCE
    return _each(put_off_returns, do_return, until) + _each(requested_loans, decide_loan, until)


def announce_overdue_loans() -> int:
    """Announces the loans that fell overdue by today; returns how many there were."""
    now = timezone.now()
    return sweep_overdue(as_of=timezone.localdate(now), now=now, progress=lambda _: None)


def _each(waiting: Callable[[int], list[int]], do: Callable[..., Any], until: float) -> int:
    done = last = 0
    while some := waiting(last):
        for last in some:
            if time.monotonic() > until:
                return done
            try:
                _as_soon_as_possible(do, last, until)
                done += 1
            except OVERLOAD:
                return done
            except Exception:  # it waits for the next sweep, and those behind it go on
                logger.exception("%s %s could not be done", do.__name__, last)
    return done


def _as_soon_as_possible(do: Callable[..., Any], what: int, until: float) -> None:
    """Tries again while lending does not breathe, so that nobody is overtaken. Raises the last fault in the end."""
    while True:
        try:
            with guard.place():
                do(what, now=timezone.now())
            return
        except OVERLOAD:
            if time.monotonic() > until:
                raise
        time.sleep(LOOK_AGAIN)

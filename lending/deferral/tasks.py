"""What workers do for lending."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain
from typing import Any

from django.utils import timezone

from kernel.eventbus.delivery.dispatch import Dispatcher, enqueue
from lending.deferral.deferring import do_return, end_turn, take_turn
from lending.deferral.requests import decide_loan, decide_together
from lending.overdue.services import sweep_overdue
from lending.overload.admission import OVERLOAD, guard
from lending.queries import put_off_returns, requested_loans

PATIENCE = 10.0
"""Seconds after which a task ends and asks to be called again, well under the cluster's timeout."""
LINGER = 0.5
"""Seconds after a call until which a worker stays and looks for more."""
WORK = "put off"
LOOK_AGAIN = 0.05
CALL_COVERS = LINGER / 2
"""Seconds for which one call is enough: whoever answers it is still there when they are over."""
logger = logging.getLogger(__name__)

decide_soon = Dispatcher("lending.deferral.tasks.answer_call", CALL_COVERS).dispatch
"""Asks a worker to do what was put off. The minute's sweep does what a lost call left."""


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
        enqueue("lending.deferral.tasks.answer_call")


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
    until, done = time.monotonic() + PATIENCE, 0
    try:
        for is_done in chain(_all(put_off_returns, _do_returns, until), _all(requested_loans, _decide_loans, until)):
            done += is_done
    except OVERLOAD as why:
        logger.warning("what was put off waits: %r", why)
    return done


def announce_overdue_loans() -> int:
    """Announces the loans that fell overdue by today; returns how many there were."""
    now = timezone.now()
    return sweep_overdue(as_of=timezone.localdate(now), now=now, progress=lambda _: None)


def _all(
    waiting: Callable[[int], list[int]], do: Callable[[list[int], float], Iterator[bool]], until: float
) -> Iterator[bool]:
    """Does what waits, some at a time, and tells of each whether it was done. What was not waits for the next call,
    and those behind it go on."""
    last = 0
    while time.monotonic() < until and (some := waiting(last)):
        yield from do(some, until)
        last = some[-1]


def _do_returns(returns: list[int], until: float) -> Iterator[bool]:
    return (_is_done(do_return, put_off, until) for put_off in returns)


def _decide_loans(loans: list[int], until: float) -> Iterator[bool]:
    """Together, and one by one those that can't be, or all if anything goes wrong."""
    alone = loans
    try:
        alone = _as_soon_as_possible(decide_together, loans, until)
    except OVERLOAD:
        raise
    except Exception:  # whoever it was is found and told of alone
        logger.warning("%s loans are decided one by one", len(loans), exc_info=True)
    yield from [True] * (len(loans) - len(alone))
    for loan in alone:
        yield _is_done(decide_loan, loan, until)


def _is_done(do: Callable[..., Any], what: int, until: float) -> bool:
    try:
        _as_soon_as_possible(do, what, until)
    except OVERLOAD:
        raise
    except Exception:
        logger.exception("%s %s could not be done", do.__name__, what)
        return False
    return True


def _as_soon_as_possible(do: Callable[..., Any], what: Any, until: float) -> Any:
    """Tries again while lending does not breathe, so that nobody is overtaken. Raises the last fault in the end."""
    while True:
        try:
            with guard.place():
                return do(what, now=timezone.now())
        except OVERLOAD:
            if time.monotonic() > until:
                raise
        time.sleep(LOOK_AGAIN)

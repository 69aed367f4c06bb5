"""What workers do with deferred loans and returns."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.utils import timezone

from kernel.eventbus.delivery.dispatch import Dispatcher, enqueue
from lending.deferral.decisions import decide_loan, decide_loans
from lending.deferral.failures import forget_failures, keep_failure
from lending.deferral.services import carry_out_return, release_lease, take_lease
from lending.overload.admission import OVERLOAD, admission
from lending.queries import deferred_returns, requested_loans

TIME_LIMIT = 10.0
"""Seconds after which a task ends and asks to be called again, well under the cluster's timeout."""
LINGER = 0.5
"""Seconds after a call until which a worker stays and looks for more."""
WORK = "deferred"
POLL_INTERVAL = 0.05
CALL_COVERS = LINGER / 2
"""Seconds for which one call is enough: whoever answers it is still there when they are over."""
logger = logging.getLogger(__name__)

decide_soon = Dispatcher("lending.deferral.tasks.answer_call", CALL_COVERS).dispatch
"""Asks a worker to do what was deferred. The schedule of each minute does what a lost call left."""


def answer_call(called_at: float = 0) -> None:
    """Does what was deferred, and what is deferred while it lingers. Nothing, while another worker does that."""
    now = timezone.now()
    if not take_lease(WORK, now=now, until=now + timedelta(seconds=2 * TIME_LIMIT)):
        return
    admission.let_one_in()
    try:
        more = _stay(called_at + LINGER)
    finally:
        release_lease(WORK, now=timezone.now())
    if more:
        enqueue("lending.deferral.tasks.answer_call")


def _stay(until: float) -> bool:
    """Whether there may be more to do."""
    started = time.monotonic()
    while (done := decide_requested_loans()) or time.time() < until:
        if time.monotonic() - started > TIME_LIMIT:
            return True
        if not done:
            time.sleep(POLL_INTERVAL)
    return False


def decide_requested_loans() -> int:
    """Does the deferred returns, then decides requested loans, each in the order in which they were accepted.

    Waits while lending is overloaded, and ends after `TIME_LIMIT`. Returns how many were done.
    """
    until, done = time.monotonic() + TIME_LIMIT, 0
    try:
        for is_done in chain(_all(deferred_returns, _do_returns, until), _all(requested_loans, _decide_loans, until)):
            done += is_done
    except OVERLOAD as why:
        logger.warning("deferred loans and returns wait: %r", why)
    return done


def _all(
    waiting: Callable[[datetime, int], list[int]], do: Callable[[list[int], float], Iterator[bool]], until: float
) -> Iterator[bool]:
    """Does what waits, a batch at a time, and yields for each whether it was done. What was not waits for the next
    call, and those behind it go on."""
    last = 0
    while time.monotonic() < until and (batch := waiting(timezone.now(), last)):
        yield from do(batch, until)
        last = batch[-1]


def _do_returns(returns: list[int], until: float) -> Iterator[bool]:
    return (_is_done(carry_out_return, "deferred_return", deferred, until) for deferred in returns)


def _decide_loans(loans: list[int], until: float) -> Iterator[bool]:
    """Together, and one by one those that can't be, or all if anything goes wrong."""
    alone = loans
    try:
        alone = _with_admission(decide_loans, loans, until)
    except OVERLOAD:
        raise
    except Exception:  # whichever it was fails again alone, and is logged there
        logger.warning("%s loans are decided one by one", len(loans), exc_info=True)
    forget_failures(what="loan", pks=set(loans) - set(alone))
    yield from [True] * (len(loans) - len(alone))
    for loan in alone:
        yield _is_done(decide_loan, "loan", loan, until)


def _is_done(do: Callable[..., Any], what: str, pk: int, until: float) -> bool:
    """Whether it went well. If not, its error is kept, and it is tried again later; those behind it go on."""
    try:
        _with_admission(do, pk, until)
    except OVERLOAD:
        raise
    except Exception as error:
        attempts = keep_failure(what=what, pk=pk, error=error, now=timezone.now())
        logger.error("%s %s could not be done, attempt %s: %s", what, pk, attempts, type(error).__name__)
        return False
    forget_failures(what=what, pks=[pk])
    return True


def _with_admission(do: Callable[..., Any], what: Any, until: float) -> Any:
    """Tries again while lending is overloaded, so that nobody is overtaken. Raises the last error in the end."""
    while True:
        try:
            with admission.slot():
                return do(what, now=timezone.now())
        except OVERLOAD:
            if time.monotonic() > until:
                raise
        time.sleep(POLL_INTERVAL)

"""django-q2 carries the work; the delivery rows carry the truth."""

import time
from contextlib import nullcontext

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django_q.tasks import async_task

from kernel.eventbus.delivery.rounds import deliver_round

PATIENCE = 10.0
"""Seconds after which a task ends and asks to be called again, well under the cluster's timeout."""
LINGER = 0.25
"""Seconds after a call until which a worker stays and looks for more."""
LOOK_AGAIN = 0.02
REST = 5.0
"""Seconds in which nobody is called after a call that failed: a worker's own beat finds the work soon enough."""
CALL_COVERS = LINGER / 2
"""Seconds for which one call is enough: whoever answers it is still there when they are over."""

answering = Signal()
"""Sent by a worker that was called, when it comes and before it goes: something was published. For others who
read the log; it costs the publishers nothing."""


class Caller:
    """Asks a worker to do a task, at most once in `covers` seconds. A lost call costs some delay, nothing else."""

    def __init__(self, task: str, covers: float) -> None:
        self._task, self._covers = task, covers
        self._last = -covers

    def ask(self) -> None:
        """Asks, unless the last call is still enough."""
        now = time.monotonic()
        if now - self._last >= self._covers:
            self._last = now + REST  # if it fails, the next ones do not try it too
            call(self._task)
            self._last = now


def call(task: str) -> None:
    """Asks a worker to do a task; it is told the moment of asking."""
    # Outside of a transaction, the database as a broker gives away the connection that this thread still needs; and in
    # one, everybody would wait for a Redis that does not answer.
    with nullcontext() if settings.REDIS_URL else transaction.atomic():
        async_task(task, time.time(), save=False)


deliverers = Caller("kernel.eventbus.delivery.dispatch.answer_call", CALL_COVERS)
wake = deliverers.ask
"""Asks a worker to deliver what is due. The minute's sweep finds what a lost call left."""


def answer_call(called_at: float = 0) -> None:
    """Delivers what is due, and what becomes due while it lingers.

    A call that waited long in the task queue does not linger: all it covers is there, and others wait behind it.
    """
    answering.send_robust(sender=None)
    _deliver_until(called_at + LINGER)
    answering.send_robust(sender=None)


def _deliver_until(end_of_linger: float) -> None:
    started = time.monotonic()
    while (found := deliver_round(timezone.now)) or time.time() < end_of_linger:
        if time.monotonic() - started > PATIENCE:
            call("kernel.eventbus.delivery.dispatch.answer_call")
            return
        if not found:
            time.sleep(LOOK_AGAIN)

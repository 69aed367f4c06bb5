"""Dispatch: django-q2 carries the work, the delivery rows carry the truth. A lost task costs delay, nothing else."""

import time
from contextlib import nullcontext

from django.conf import settings
from django.db import transaction
from django_q.tasks import async_task

from kernel.eventbus.delivery.presence import deliverer

DELIVER_DUE = "kernel.eventbus.delivery.worker.deliver_due"
LINGER = 0.25
"""Seconds after a task was enqueued until which its worker looks for more."""
INTERVAL = LINGER / 2
"""Seconds for which one enqueued task is enough: its worker still lingers when they are over."""
PAUSE_AFTER_FAILURE = 5.0
"""Seconds without another try after the queue failed: a worker's own heartbeat finds the work soon enough."""


class Dispatcher:
    """Enqueues a task, at most once in `interval` seconds. A lost task costs delay, nothing else."""

    def __init__(self, task: str, interval: float) -> None:
        self._task, self._interval = task, interval
        self._last = -interval

    def dispatch(self) -> None:
        """Enqueues the task, unless the last one is still enough."""
        now = time.monotonic()
        if now - self._last >= self._interval:
            self._last = now + PAUSE_AFTER_FAILURE  # if it fails, the next callers do not try it too
            enqueue(self._task)
            self._last = now


def enqueue(task: str) -> None:
    """Asks a worker to do a task; its one argument is the time at which it was enqueued."""
    # Outside of a transaction, the database as a broker closes the connection that this thread still needs; inside of
    # one, everybody would wait for a Redis that does not answer.
    with nullcontext() if settings.REDIS_URL else transaction.atomic():
        async_task(task, time.time(), save=False)


deliveries = Dispatcher(DELIVER_DUE, INTERVAL)


def wake() -> None:
    """Asks a worker to deliver what is due, unless one is seen at it: that one looks once more when it is seen no more.

    The minute's schedule finds what a lost task left.
    """
    if not deliverer().is_seen():
        deliveries.dispatch()

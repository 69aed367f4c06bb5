"""django-q2 carries the work; the delivery rows carry the truth."""

import time

from django.dispatch import Signal
from django.utils import timezone
from django_q.tasks import async_task

from library.eventbus.delivering import deliver_round

PATIENCE = 10.0
"""Seconds after which a task ends and asks to be called again, well under the cluster's timeout."""
LINGER = 0.25
"""Seconds for which a worker that was woken stays and looks for more."""
LOOK_AGAIN = 0.02
CALL_COVERS = LINGER / 2
"""Seconds for which one call is enough: whoever answers it is still there when they are over."""

answering = Signal()
"""Sent by a worker that was called, when it comes and before it goes: something was published. For others who
read the log; it costs the publishers nothing."""

_last_call = -CALL_COVERS


def wake() -> None:
    """Asks a worker to deliver what is due. A lost call costs some delay: the minute's sweep finds what is left."""
    global _last_call
    called_at = time.monotonic()
    if called_at - _last_call >= CALL_COVERS:
        async_task("library.eventbus.carrier.answer_call", save=False)
        _last_call = called_at


def answer_call() -> None:
    """Delivers what is due, and what becomes due while it lingers."""
    answering.send_robust(sender=None)
    _deliver_and_linger()
    answering.send_robust(sender=None)


def _deliver_and_linger() -> None:
    started = quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < LINGER:
        if deliver_round(timezone.now):
            quiet_since = time.monotonic()
        else:
            time.sleep(LOOK_AGAIN)
        if time.monotonic() - started > PATIENCE:
            async_task("library.eventbus.carrier.answer_call", save=False)
            return


def deliver_due() -> int:
    """Delivers until nothing is due and returns how many deliveries were taken up."""
    attempted = 0
    while count := deliver_round(timezone.now):
        attempted += count
    return attempted

"""django-q2 carries the work; the delivery rows carry the truth."""

import time

from django.utils import timezone
from django_q.tasks import async_task

from library.eventbus.delivering import deliver_round

PATIENCE = 10.0
"""Seconds after which a task ends and asks to be called again, well under the cluster's timeout."""


def wake() -> None:
    """Asks a worker to deliver what is due. A lost call costs some delay: the minute's sweep finds what is left."""
    async_task("library.eventbus.carrier.deliver_due", save=False)


def deliver_due() -> int:
    """Delivers until nothing is due and returns how many deliveries were attempted."""
    started, attempted = time.monotonic(), 0
    while count := deliver_round(timezone.now):
        attempted += count
        if time.monotonic() - started > PATIENCE:
            wake()
            break
    return attempted

"""What workers do for the library as a whole."""

import time

from django.utils import timezone

from kernel.eventbus.delivery.dispatch import enqueue
from library.operations.retention import forget_old

PATIENCE = 10.0
"""Seconds after which a task ends and asks to be called again, well under the cluster's timeout."""


def forget_what_is_old(called_at: float = 0) -> int:
    """Deletes what is not kept for ever; returns how many rows there were. A lost call costs an hour, nothing else."""
    end = time.monotonic() + PATIENCE
    forgotten = sum(forget_old(timezone.now(), lambda: time.monotonic() > end).values())
    if time.monotonic() > end and forgotten:
        enqueue("library.operations.tasks.forget_what_is_old")
    return forgotten

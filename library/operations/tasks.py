"""What workers do for the library as a whole."""

import time

from django.utils import timezone

from kernel.eventbus.delivery.dispatch import enqueue
from library.operations import retention

TIME_LIMIT = 10.0
"""Seconds after which the task ends and enqueues itself again, well under the cluster's timeout."""


def apply_retention(enqueued_at: float = 0) -> int:
    """Deletes what is not kept for ever; returns how many rows there were. A lost task costs an hour, nothing else."""
    end = time.monotonic() + TIME_LIMIT
    deleted = sum(retention.apply_retention(timezone.now(), lambda: time.monotonic() > end).values())
    if time.monotonic() > end and deleted:
        enqueue("library.operations.tasks.apply_retention")
    return deleted

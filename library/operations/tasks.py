"""What workers do for the library as a whole."""

import time
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from kernel.eventbus.delivery.dispatch import enqueue
from kernel.eventbus.models import Snapshot
from kernel.eventbus.months.turning import begin_month
from kernel.importing.uploads import drop_old_uploads
from kernel.storage.databases import in_each_database
from library.operations import retention
from library.operations.closing import (
    StillNeeded,
    close_events,
    first_month_to_keep,
    is_done_in_time,
    retake_snapshots,
)

TIME_LIMIT = 10.0
"""Seconds after which the task ends and enqueues itself again, well under the cluster's timeout."""


def apply_retention(enqueued_at: float = 0) -> int:
    """Deletes what is not kept for ever; returns how many rows there were. A lost task costs an hour, nothing else."""
    end = time.monotonic() + TIME_LIMIT
    drop_uploads()
    deleted = sum(retention.apply_retention(timezone.now(), lambda: time.monotonic() > end).values())
    if time.monotonic() > end and deleted:
        enqueue("library.operations.tasks.apply_retention")
    return deleted


def turn_months_of_log() -> int:
    """At the turn of a month gives the log its next part, and closes what is older than is kept, where nobody needs it
    and that takes no minute; returns how many months were closed. The rest is done by `manage.py close_events`."""
    now = timezone.now()
    begin_month(timezone.localdate(now))
    before = first_month_to_keep(now)
    if not (before or Snapshot.objects.exists()) or not is_done_in_time():
        return 0
    retake_snapshots(now)
    try:
        return len(close_events(before, now=now)) if before else 0
    except StillNeeded:
        return 0


def drop_uploads() -> int:
    """Forgets the files of imports that nobody has gone on with for as long as other traces are kept."""
    before = timezone.now() - timedelta(days=settings.KEEP_DAYS)
    return sum(in_each_database(lambda alias: drop_old_uploads(alias, before)))

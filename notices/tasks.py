"""What the clock asks of the notices."""

import time

from django.utils import timezone

from notices.finding.services import find_causes
from notices.retention import apply_retention
from notices.services import send_what_is_due

TIME_LIMIT = 20.0
"""Seconds after which the task leaves the rest to the minute's schedule, well under the cluster's timeout."""


def find_todays_causes() -> int:
    """Finds what patrons are to hear of today, and deletes what is not kept any longer; returns how much was new."""
    now = timezone.localtime()
    apply_retention(now)
    return sum(find_causes(as_of=now.date(), now=now, progress=lambda rows: None).values())


def send_due_notices(enqueued_at: float = 0) -> int:
    """Sends what is due; returns how many notices there were."""
    end = time.monotonic() + TIME_LIMIT
    done = send_what_is_due(clock=timezone.now, should_stop=lambda: time.monotonic() > end, progress=lambda rows: None)
    return sum(done.values())

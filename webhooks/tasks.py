"""The tasks that workers do for webhooks."""

import time
from typing import Any

from django.utils import timezone
from django_q.tasks import async_task

from webhooks.models import due_endpoints
from webhooks.sending import send_round

TIME_LIMIT = 10.0
"""Seconds after which the task starts no other attempt and enqueues itself again: with one more slow name lookup and
one more slow receiver it is still under the cluster's timeout."""


def send_soon() -> None:
    """Asks a worker to send what is due. A lost task costs delay: the minute's schedule sends what is left."""
    async_task("webhooks.tasks.send_due", save=False)


def send_soon_if_due(**_: Any) -> None:
    """Asks a worker if any endpoint is due. Costs one small statement."""
    if due_endpoints(timezone.now()).exists():
        send_soon()


def send_due() -> int:
    """Sends until nothing is due; returns how many attempts were made."""
    end, attempts = time.monotonic() + TIME_LIMIT, 0
    while count := send_round(timezone.now, lambda: time.monotonic() > end):
        attempts += count
    if time.monotonic() > end:
        send_soon()
    return attempts

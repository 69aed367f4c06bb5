"""What workers do for webhooks."""

import time
from typing import Any

from django.utils import timezone
from django_q.tasks import async_task

from webhooks.models import due_endpoints
from webhooks.sending import send_round

PATIENCE = 10.0
"""Seconds after which a task begins no other message and asks to be called again: with one more slow name and one
more slow receiver it is still under the cluster's timeout."""


def send_soon() -> None:
    """Asks a worker to send what is due. A lost call costs some delay: the minute's task sends what is left."""
    async_task("webhooks.tasks.send_due", save=False)


def send_soon_if_due(**_: Any) -> None:
    """Asks, where an endpoint may be told something. Costs one small statement where there is none."""
    if due_endpoints(timezone.now()).exists():
        send_soon()


def send_due() -> int:
    """Sends until nothing is due; returns how many messages were tried."""
    end, tried = time.monotonic() + PATIENCE, 0
    while count := send_round(timezone.now, lambda: time.monotonic() > end):
        tried += count
    if time.monotonic() > end:
        send_soon()
    return tried

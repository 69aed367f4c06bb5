"""Whether webhooks are sent."""

from collections.abc import Iterator
from datetime import datetime

from django.core.checks import CheckMessage, Error

from library.operations.doctor.work import LATE
from webhooks.queries import unsent_since


def somebody_sends(now: datetime) -> Iterator[CheckMessage]:
    """What a webhook could be sent is sent to it soon."""
    for endpoint in unsent_since(now - LATE):
        yield Error(
            f"Nobody sends to the webhook {endpoint.url}, though there is something to send.",
            hint="Look whether a worker runs (python -m library.operations.worker), and in its log for its sender.",
        )

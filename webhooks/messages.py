"""What is sent: an event as `GET /api/v1/events` shows it, signed."""

from datetime import datetime
from typing import Any

from rest_framework.renderers import JSONRenderer

from kernel.eventbus.models import Event
from kernel.eventbus.stream.api import EventShown
from kernel.outgoing.signing import signature
from webhooks.models import Endpoint


def message(endpoint: Endpoint, event: Event, now: datetime) -> tuple[bytes, dict[str, str]]:
    """The body, which is what `GET /api/v1/events` shows plus `timestamp`, and the signed headers."""
    shown: Any = EventShown(event).data
    body = JSONRenderer().render({**shown, "timestamp": shown["occurred_at"]})
    message_id, timestamp = str(event.uuid), int(now.timestamp())
    signatures = [signature(secret, message_id, timestamp, body) for secret in endpoint.secrets_at(now)]
    return body, {
        "Content-Type": "application/json",
        "User-Agent": "library-webhooks/1.0",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }

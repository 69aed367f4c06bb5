"""Sends endpoints the events behind their positions: in the log's order, at least once, one at a time."""

import logging
import random
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, F, Value, When
from rest_framework.renderers import JSONRenderer

from kernel.eventbus.models import Event
from kernel.eventbus.stream.api import EventShown
from kernel.eventbus.stream.log import end_of_log, events_after
from kernel.storage.databases import atomic_in
from webhooks.models import Attempt, Endpoint, Resend, due_endpoints
from webhooks.posting import Answer, post
from webhooks.signing import signature

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""How long a claim lasts: well over what one name lookup and one POST take. After that others take over."""
FIRST_PAUSE = timedelta(seconds=10)
MAX_PAUSE = timedelta(hours=8)
DISABLE_AFTER = timedelta(days=3)
GONE = 410


def send_round(clock: Callable[[], datetime], should_stop: Callable[[], bool] = lambda: False) -> int:
    """Sends each due endpoint its next event, until it should stop; returns how many attempts were made.

    No transaction is open while the network is waited for. When a process dies between sending and recording the
    attempt, the same event is sent again, under the same id, after the claim has expired.
    """
    end = end_of_log()
    attempts = 0
    for endpoint in due_endpoints(clock()).order_by("?"):  # so that none is always behind a slow one
        if should_stop():
            break
        if (endpoint.position < end or endpoint.resends.exists()) and (claimed := claim(endpoint.pk, clock())):
            attempts += _send_next(claimed, end, clock)
    return attempts


def claim(endpoint_id: int, now: datetime) -> Endpoint | None:
    """The endpoint, to which nobody else sends until the claim is released or expires; None if it is claimed."""
    token = uuid.uuid4()
    if not due_endpoints(now).filter(pk=endpoint_id).update(claim=token, claimed_until=now + LEASE):
        return None
    return Endpoint.objects.filter(pk=endpoint_id, claim=token).first()


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


def _send_next(endpoint: Endpoint, end: int, clock: Callable[[], datetime]) -> int:
    """Sends one event; where the endpoint wants none up to the end of the log, its position moves there."""
    resend = Resend.objects.select_related("event").filter(endpoint=endpoint).order_by("pk").first()
    events = [resend.event] if resend else events_after(endpoint.position, 1, endpoint.names)
    if not events:
        _release(endpoint, reached=max(end, endpoint.position))
        return 0
    now = clock()
    answer = post(endpoint.url, *message(endpoint, events[0], now))
    _record(endpoint, events[0], resend, answer, now)
    return 1


@atomic_in("webhooks")
def _record(endpoint: Endpoint, event: Event, resend: Resend | None, answer: Answer, now: datetime) -> None:
    """Records the attempt, and its consequences for the endpoint if the claim has not expired."""
    outcome = {"status": answer.status, "error": answer.error, "duration": answer.duration}
    Attempt.objects.create(endpoint=endpoint, event=event, at=now, **outcome)
    if not answer.is_success:
        _release(endpoint, **_after_failure(endpoint, answer, now))
        return
    reached = endpoint.position if resend else event.position or 0
    if _release(endpoint, reached, failures=0, failing_since=None, next_try_at=None) and resend:
        resend.delete()


def _release(endpoint: Endpoint, reached: int | None = None, **changes: Any) -> int:
    """Ends the claim. The position moves only if nobody has changed it meanwhile."""
    unchanged = When(position=endpoint.position, then=Value(reached))
    forward = Case(unchanged, default=F("position"), output_field=BigIntegerField())
    moved = {} if reached is None else {"position": forward}
    claimed = Endpoint.objects.filter(pk=endpoint.pk, claim=endpoint.claim)
    return claimed.update(claim=None, claimed_until=None, **moved, **changes)


def _after_failure(endpoint: Endpoint, answer: Answer, now: datetime) -> dict[str, Any]:
    """A pause that grows with each failure in a row; after three days, or if the receiver is gone, it is disabled."""
    since = endpoint.failing_since or now
    what = f"status {answer.status}" if answer.status else answer.error
    failed = {"failures": endpoint.failures + 1, "failing_since": since}
    if answer.status == GONE or now - since >= DISABLE_AFTER:
        logger.error("webhook %s is disabled, it has failed since %s: %s", endpoint, since, what)
        return {**failed, "active": False, "disabled_at": now, "disabled_why": what, "next_try_at": None}
    longest = min(FIRST_PAUSE * 2 ** min(endpoint.failures, 20), MAX_PAUSE)
    pause = longest * random.uniform(0.5, 1)  # noqa: S311  jitter, not a secret
    logger.warning("webhook %s failed, next try in %s: %s", endpoint, pause, what)
    return {**failed, "next_try_at": now + pause}

"""What follows from an attempt: the next event, a pause, or the end of all sending."""

import logging
from datetime import datetime, timedelta

from kernel.outgoing.posting import Answer
from kernel.storage.databases import atomic_in
from webhooks.claims import Sending
from webhooks.metrics import ATTEMPTS
from webhooks.models import Attempt, Endpoint
from webhooks.pauses import pause_after

logger = logging.getLogger(__name__)

DISABLE_AFTER = timedelta(days=3)
GONE = 410


@atomic_in("webhooks")
def record_outcome(sending: Sending, answer: Answer, now: datetime) -> None:
    """Records the attempt, and its consequences for the endpoint if nobody has taken the claim away."""
    endpoint = Endpoint.objects.select_for_update().get(pk=sending.endpoint.pk)
    outcome = {"status": answer.status, "error": answer.error, "duration": answer.duration}
    Attempt.objects.create(endpoint=endpoint, event=sending.event, at=sending.started, **outcome)
    ATTEMPTS.labels("accepted" if answer.is_success else "failed").inc()
    if endpoint.claim != sending.endpoint.claim:
        return
    if answer.is_success:
        _advance(endpoint, sending)
    elif endpoint.active:
        _hold_back(endpoint, sending, answer, now)
    endpoint.claim = endpoint.claimed_until = None
    endpoint.save()


def _advance(endpoint: Endpoint, sending: Sending) -> None:
    """The position moves, unless somebody has moved it meanwhile; and a success ends all failures."""
    endpoint.failures, endpoint.failing_since, endpoint.next_try_at = 0, None, None
    if sending.resend:
        sending.resend.delete()
    elif endpoint.position == sending.endpoint.position:
        endpoint.position = sending.event.position or 0


def _hold_back(endpoint: Endpoint, sending: Sending, answer: Answer, now: datetime) -> None:
    """A pause that grows with each failure in a row; after three days, or if the receiver is gone, it is disabled."""
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or sending.started
    what = f"status {answer.status}" if answer.status else answer.error
    if answer.status == GONE or now - endpoint.failing_since >= DISABLE_AFTER:
        endpoint.active, endpoint.disabled_at, endpoint.disabled_why, endpoint.next_try_at = False, now, what, None
        logger.error("webhook %s is disabled, it has failed since %s: %s", endpoint, endpoint.failing_since, what)
        return
    pause = pause_after(endpoint.failures, answer.retry_after, now)
    endpoint.next_try_at = now + pause
    logger.warning("webhook %s failed, next try in %s: %s", endpoint, pause, what)

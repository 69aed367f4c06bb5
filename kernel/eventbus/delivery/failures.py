"""What becomes of a delivery whose attempt failed: a retry after a pause, or a dead letter after the last attempt."""

import traceback
from datetime import datetime

from django.db.models import QuerySet

from kernel.eventbus.delivery.backoff import MAX_ATTEMPTS, pause_after
from kernel.eventbus.delivery.claims import DEAD, WAITING, Claimed, still_claimed
from kernel.eventbus.delivery.outcomes import log_failure
from kernel.eventbus.models import Delivery

LONGEST_ERROR = 10_000


def record_failure(delivery: Claimed, error: Exception, now: datetime) -> None:
    """Keeps the error, and schedules the next attempt; after the last one the delivery is dead."""
    is_last = delivery.attempts >= MAX_ATTEMPTS
    still_claimed([delivery]).update(
        status=DEAD if is_last else WAITING,
        attempts=delivery.attempts,
        not_before=None if is_last else now + pause_after(delivery.attempts),
        error="".join(traceback.format_exception(error))[-LONGEST_ERROR:],
    )
    what = f"attempt {delivery.attempts} of {MAX_ATTEMPTS} failed with {type(error).__name__}"
    log_failure(delivery, "dead" if is_last else "failed", what)


def record_lost_worker(delivery: Claimed) -> None:
    """Makes a dead letter of a delivery whose last attempt never finished."""
    error = delivery.error or "the worker died during each attempt"
    still_claimed([delivery]).update(status=DEAD, attempts=MAX_ATTEMPTS, not_before=None, error=error)
    log_failure(delivery, "dead", "none of its attempts finished")


def requeue(deliveries: QuerySet[Delivery]) -> int:
    """Gives dead deliveries a fresh set of attempts; returns how many there were."""
    return deliveries.filter(status=DEAD).update(status=WAITING, attempts=0, not_before=None, claim=None)

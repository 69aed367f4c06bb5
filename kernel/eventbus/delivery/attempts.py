"""Attempts: a handler runs for its claimed deliveries, in a transaction of its own.

A delivery is stored in the database of the context that published, and its effect in that of the handler's context.
Where that is one database, the row is deleted in the transaction of the effect: a delivery is there until it is done.
Where it is two, the effect commits first, with a receipt, and the delivery is kept as done: a restore from backups of
two moments looks for its effect.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from kernel.eventbus.delivery.backoff import MAX_ATTEMPTS
from kernel.eventbus.delivery.claims import ClaimLostError, has_expired, mark_done, release, remove
from kernel.eventbus.delivery.failures import record_failure, record_lost_worker
from kernel.eventbus.delivery.invocation import invoke
from kernel.eventbus.delivery.outcomes import log_done
from kernel.eventbus.models import Delivery, Receipt
from kernel.eventbus.registry import handler_named, home_of
from kernel.observability.metrics import HANDLER_SECONDS
from kernel.storage.databases import OUT_OF_REACH, answers, is_away


def attempt(delivery: Delivery, clock: Callable[[], datetime]) -> bool:
    """Runs the handler; returns whether the delivery is done now. There is one effect, however often this is called.

    A failure is recorded and retried later. A delivery that is done, or that another worker has taken over, is left
    alone. While the database of the handler's context is away, the delivery waits without an attempt.
    """
    now = clock()
    if has_expired(delivery, now):
        return False
    if delivery.attempts > MAX_ATTEMPTS:
        record_lost_worker(delivery)
        return False
    try:
        _run([delivery], now)
    except ClaimLostError:
        return False
    except Exception as error:  # whatever a handler raises is kept with its delivery, shown and retried
        if isinstance(error, OUT_OF_REACH) and not answers(home_of(delivery.handler)):
            release(delivery)
        else:
            record_failure(delivery, error, clock())
        return False
    return True


def attempt_batch(claimed: list[Delivery], clock: Callable[[], datetime]) -> None:
    """Runs one handler for its fresh deliveries in one transaction: one commit for many.

    If anything fails, all of it is rolled back, and each delivery is attempted alone.
    """
    now = clock()
    try:
        if has_expired(claimed[0], now):
            raise ClaimLostError
        _run(claimed, now)
    except Exception:  # the one that failed is found and recorded when it is attempted alone
        attempt_in_order(claimed, clock)


def attempt_in_order(claimed: list[Delivery], clock: Callable[[], datetime]) -> None:
    """Attempts one after another. Those behind one that failed, of the same key and handler, are released."""
    blocked: set[tuple[str, str]] = set()
    for delivery in claimed:
        lane = (delivery.handler, delivery.key)
        if lane in blocked or is_away(home_of(delivery.handler)):
            release(delivery)
        elif not attempt(delivery, clock):
            blocked.add(lane)


def _run(claimed: list[Delivery], now: datetime) -> None:
    """Runs one handler for its deliveries, all or nothing. Raises `ClaimLostError` when some were taken over."""
    handler, published_in = claimed[0].handler, claimed[0]._state.db
    home = home_of(handler)
    with HANDLER_SECONDS.labels(handler).time(), transaction.atomic(using=home):
        if home == published_in:
            remove(claimed)
        new = claimed if home == published_in else _receive(claimed, now, home)
        invoke(handler_named(handler), [delivery.event for delivery in new])
    if home != published_in:
        mark_done(claimed, now)
    log_done(claimed)


def _receive(claimed: list[Delivery], now: datetime, home: str) -> list[Delivery]:
    """Inserts a receipt for each of them; returns those that had none. Whoever does the same meanwhile waits."""
    handler, receipts = claimed[0].handler, Receipt.objects.using(home)
    events = [delivery.event.uuid for delivery in claimed]
    known = set(receipts.filter(handler=handler, event__in=events).values_list("event", flat=True))
    new = [delivery for delivery in claimed if delivery.event.uuid not in known]
    receipts.bulk_create([Receipt(event=each.event.uuid, handler=handler, received_at=now) for each in new])
    return new

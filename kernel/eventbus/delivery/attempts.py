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
from kernel.eventbus.delivery.claims import Claimed, ClaimLostError, mark_done, release, remove
from kernel.eventbus.delivery.failures import record_failure, record_lost_worker
from kernel.eventbus.delivery.invocation import call_with
from kernel.eventbus.delivery.outcomes import log_done
from kernel.eventbus.models import Receipt
from kernel.eventbus.registry import handler_named, home_of
from kernel.observability.metrics import HANDLER_SECONDS
from kernel.storage.databases import OUT_OF_REACH, answers, is_away


def attempt(delivery: Claimed, clock: Callable[[], datetime]) -> bool:
    """Runs the handler; returns whether the delivery is done now. There is one effect, however often this is called.

    A failure is recorded and retried later. A delivery that is done, or that another worker has taken over, is left
    alone. While the database of the handler's context is away, the delivery waits without an attempt.
    """
    now = clock()
    if delivery.has_expired(now):
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


def attempt_batch(claimed: list[Claimed], clock: Callable[[], datetime]) -> None:
    """Runs one handler for its fresh deliveries in one transaction: one commit for many.

    If anything fails, all of it is rolled back, and each delivery is attempted alone.
    """
    now = clock()
    try:
        if claimed[0].has_expired(now):
            raise ClaimLostError
        _run(claimed, now)
    except Exception:  # the one that failed is found and recorded when it is attempted alone
        attempt_in_order(claimed, clock)


def attempt_in_order(claimed: list[Claimed], clock: Callable[[], datetime]) -> None:
    """Attempts one after another. Those behind one that failed, of the same key and handler, are released."""
    blocked: set[tuple[str, str]] = set()
    for delivery in claimed:
        lane = (delivery.handler, delivery.key)
        if lane in blocked or is_away(home_of(delivery.handler)):
            release(delivery)
        elif not attempt(delivery, clock):
            blocked.add(lane)


def _run(claimed: list[Claimed], now: datetime) -> None:
    """Runs one handler for its deliveries, all or nothing. Raises `ClaimLostError` when some were taken over."""
    handler = claimed[0].handler
    with HANDLER_SECONDS.labels(handler).time():
        if home_of(handler) == claimed[0].published_in:
            _run_here(claimed)
        else:
            _run_elsewhere(claimed, now)
    log_done(claimed)


def _run_here(claimed: list[Claimed]) -> None:
    """The events are read before the transaction, in which SQLite's other writers wait."""
    call = call_with(handler_named(claimed[0].handler), [delivery.event for delivery in claimed])
    with transaction.atomic(using=claimed[0].published_in):
        remove(claimed)
        call()


def _run_elsewhere(claimed: list[Claimed], now: datetime) -> None:
    handler, home = claimed[0].handler, home_of(claimed[0].handler)
    with transaction.atomic(using=home):
        if new := _receive(claimed, now, home):
            call_with(handler_named(handler), [delivery.event for delivery in new])()
    mark_done(claimed, now)


def _receive(claimed: list[Claimed], now: datetime, home: str) -> list[Claimed]:
    """Inserts a receipt for each of them; returns those that had none. Whoever does the same meanwhile waits."""
    handler, receipts = claimed[0].handler, Receipt.objects.using(home)
    events = [delivery.event.uuid for delivery in claimed]
    known = set(receipts.filter(handler=handler, event__in=events).values_list("event", flat=True))
    new = [delivery for delivery in claimed if delivery.event.uuid not in known]
    receipts.bulk_create([Receipt(event=each.event.uuid, handler=handler, received_at=now) for each in new])
    return new

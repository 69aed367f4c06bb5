"""What a worker does for the bus: it delivers what is due, and what becomes due while it lingers."""

import time
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from kernel.eventbus.delivery.attempts import attempt_batch, attempt_in_order
from kernel.eventbus.delivery.claims import BATCH, claim_fresh, claim_retry
from kernel.eventbus.delivery.dispatch import DELIVER_DUE, LINGER, enqueue
from kernel.eventbus.delivery.presence import deliverer
from kernel.storage.databases import in_each_database

TIME_LIMIT = 10.0
"""Seconds after which the task ends and enqueues itself again, well under the cluster's timeout."""
POLL_INTERVAL = 0.02
PAUSE = 0.03
"""Seconds between rounds that find something, but no whole batch: a round for one event costs as much as one for fifty,
so they are let come."""


def deliver_due(enqueued_at: float = 0) -> None:
    """Delivers what is due, and what becomes due until `LINGER` seconds after the task was enqueued.

    A task that waited long in the queue does not linger: everything it stands for is there, and others wait behind it.
    Where it is seen who delivers, there is one at a time. Who saw it, and so woke nobody, has committed by then: one
    more round finds that.
    """
    with deliverer().claimed() as is_alone:
        if is_alone:
            _deliver_until(enqueued_at + LINGER)
    if is_alone:
        deliver_round(timezone.now)


def deliver_round(clock: Callable[[], datetime]) -> int:
    """In each database, attempts one delivery that was attempted before, and then a batch of fresh ones.

    Returns how many were claimed. A retry is claimed alone, because an attempt may kill its worker: then it counts
    against no other delivery.
    """
    return sum(in_each_database(lambda alias: _deliver_from(alias, clock)))


def _deliver_from(alias: str, clock: Callable[[], datetime]) -> int:
    retried = claim_retry(clock(), alias)
    attempt_in_order(retried, clock)
    fresh = claim_fresh(clock(), alias)
    for handler in dict.fromkeys(delivery.handler for delivery in fresh):
        attempt_batch([delivery for delivery in fresh if delivery.handler == handler], clock)
    return len(retried) + len(fresh)


def _deliver_until(end_of_linger: float) -> None:
    started = time.monotonic()
    while (claimed := deliver_round(timezone.now)) or time.time() < end_of_linger:
        if time.monotonic() - started > TIME_LIMIT:
            enqueue(DELIVER_DUE)
            return
        if claimed != 1 and claimed < BATCH:  # one alone may be a retry, and each round takes one of those
            time.sleep(PAUSE if claimed else POLL_INTERVAL)

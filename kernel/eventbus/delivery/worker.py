"""What a worker does for the bus: it delivers what is due, and what becomes due while it lingers."""

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from django.utils import timezone

from kernel.eventbus.delivery.attempts import attempt_batch, attempt_in_order
from kernel.eventbus.delivery.claims import claim_retry
from kernel.eventbus.delivery.dispatch import DELIVER_DUE, LINGER, enqueue
from kernel.eventbus.delivery.leases import BATCH, claim_fresh, count_left, end_lease
from kernel.eventbus.delivery.look import look
from kernel.eventbus.delivery.presence import deliverer
from kernel.storage.databases import in_each_database
from kernel.storage.postgresql.kept_statements import KeptStatements

TIME_LIMIT = 10.0
"""Seconds after which the task ends and enqueues itself again, well under the cluster's timeout."""
POLL_INTERVAL = 0.02
PAUSE = 0.03
"""Seconds between rounds that find something, but no whole batch: a round for one event costs as much as one for fifty,
so they are let come."""
STATEMENTS = KeptStatements()
"""Those that PostgreSQL keeps for this process, where it is a worker's (library/operations/worker/kept.py)."""


def deliver_due(enqueued_at: float = 0) -> None:
    """Delivers what is due, and what becomes due until `LINGER` seconds after the task was enqueued.

    A task that waited long in the queue does not linger: everything it stands for is there, and others wait behind it.
    Where it is seen who delivers, there is one at a time, and the next waits until it leaves; elsewhere all but one
    give way.
    """
    end_of_linger = enqueued_at + LINGER
    while not _deliver_alone(end_of_linger) and time.time() < end_of_linger:
        time.sleep(POLL_INTERVAL)  # whoever published since it was enqueued counts on somebody who lingers so long


def _deliver_alone(end_of_linger: float) -> bool:
    """Whether nobody else was seen at it. Who saw this one, and so woke nobody, has committed when it leaves: one more
    round finds that, and what was left to one who was just leaving."""
    with deliverer().claimed() as is_alone:
        if is_alone:
            _deliver_until(end_of_linger)
    if is_alone and deliverer().can_be_seen:
        deliver_round(timezone.now)
    return is_alone


def deliver_round(clock: Callable[[], datetime]) -> int:
    """In each database, attempts one delivery that was attempted before, and then a batch of fresh ones.

    Returns how many were claimed. A retry is claimed alone, because an attempt may kill its worker: then it counts
    against no other delivery.
    """
    lease = uuid4()
    claimed = sum(in_each_database(lambda alias: _deliver_from(alias, clock, lease)))
    if claimed:
        in_each_database(partial(end_lease, lease))
    return claimed


def _deliver_from(alias: str, clock: Callable[[], datetime], lease: UUID, *, gives_way: bool = False) -> int:
    due = look(clock(), alias, lease, gives_way=gives_way)
    if due.left:
        count_left(clock(), alias)
    retried = claim_retry(clock(), alias) if due.tried or due.left else []
    attempt_in_order(retried, clock)
    fresh = claim_fresh(clock(), alias, lease) if due.fresh else []
    for handler in dict.fromkeys(delivery.handler for delivery in fresh):
        attempt_batch([delivery for delivery in fresh if delivery.handler == handler], clock)
    return len(retried) + len(fresh)


def _deliver_until(end_of_linger: float) -> None:
    """Gives way to another worker that is at it: half-filled rounds of two cost twice as much as those of one."""
    started, lease = time.monotonic(), uuid4()
    one_round = partial(_deliver_from, clock=timezone.now, lease=lease, gives_way=True)
    while (claimed := sum(in_each_database(one_round))) or time.time() < end_of_linger:
        STATEMENTS.plan_anew()
        if time.monotonic() - started > TIME_LIMIT:
            enqueue(DELIVER_DUE)
            break
        if claimed != 1 and claimed < BATCH:  # one alone may be a retry, and each round takes one of those
            time.sleep(PAUSE if claimed else POLL_INTERVAL)
    in_each_database(partial(end_lease, lease))

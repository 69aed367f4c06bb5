"""Claims: a worker leases due deliveries before it attempts them, so that no other worker does.

A claim is committed before any handler runs, and counts an attempt for each of its deliveries. It expires after
`LEASE`, and then other workers take up what a dead one left. The statements are SQL: composing them took the ORM longer
than the database to answer.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import F, QuerySet

from kernel.eventbus.delivery.backoff import MAX_PAUSE
from kernel.eventbus.locks import CLAIMING, exclusive
from kernel.eventbus.models import Delivery, Event
from kernel.eventbus.records import Record, records_of
from kernel.eventbus.registry import handler_names, home_of
from kernel.storage.databases import is_away
from kernel.storage.lookups import AMONG, one_parameter

BATCH = 500
LEASE = timedelta(seconds=15)
WAITING, DONE, DEAD = Delivery.Status.WAITING, Delivery.Status.DONE, Delivery.Status.DEAD

FRESH, RETRY = "attempts = 0", "attempts > 0"
BLOCKED_BY = {FRESH: "(earlier.status = 'dead' OR earlier.attempts > 0)", RETRY: "1 = 1"}
"""Which earlier deliveries to the same handler, of the same key, each has to wait for."""
DUE = """
    FROM eventbus_delivery due WHERE due.status = 'waiting' AND due.{which} AND due.handler {among}
        AND (due.not_before IS NULL OR due.not_before <= %(now)s OR due.not_before > %(beyond)s)
"""
ANY_DUE = "SELECT 1 {due} LIMIT 1"
CLAIM = """
    UPDATE eventbus_delivery SET attempts = attempts + 1, not_before = %(until)s, claim = %(claim)s
    WHERE id IN (
        SELECT due.id {due} AND NOT EXISTS (
            SELECT 1 FROM eventbus_delivery earlier
            WHERE earlier.handler = due.handler AND earlier.key = due.key AND earlier.id < due.id
                AND NOT (earlier.status = 'done') AND {blocked_by}
        )
        ORDER BY due.id LIMIT %(most)s
    )
    RETURNING id, event_id, handler, key, attempts, error
"""
DELETE = "DELETE FROM eventbus_delivery WHERE id {among} AND claim = %(claim)s AND status = 'waiting'"


class ClaimLostError(Exception):
    """The claim expired, and another worker has taken over some of its deliveries."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A delivery that this worker has claimed, with its event; `published_in` is the database that both are in."""

    id: int
    event: Record
    handler: str
    key: str
    attempts: int
    error: str
    claim: uuid.UUID
    until: datetime
    published_in: str

    def has_expired(self, now: datetime) -> bool:
        """Whether the claim is over, so that another worker may have it by now."""
        return self.until <= now


def claim_fresh(now: datetime, alias: str = DEFAULT_DB_ALIAS) -> list[Claimed]:
    """Claims up to `BATCH` deliveries that were never attempted, each key's in their order."""
    return _claim(alias, FRESH, now, BATCH)


def claim_retry(now: datetime, alias: str = DEFAULT_DB_ALIAS) -> list[Claimed]:
    """Claims at most one delivery that was attempted before: it failed, or its worker never finished."""
    return _claim(alias, RETRY, now, 1)


def still_claimed(claimed: Sequence[Claimed]) -> QuerySet[Delivery]:
    """Those deliveries of one claim that no other worker has taken over."""
    here = Delivery.objects.using(claimed[0].published_in)
    return here.filter(pk__in=[delivery.id for delivery in claimed], claim=claimed[0].claim, status=WAITING)


def release(delivery: Claimed) -> None:
    """Ends the claim on a delivery, which counts as not attempted."""
    still_claimed([delivery]).update(attempts=F("attempts") - 1, not_before=None, claim=None)


def remove(claimed: Sequence[Claimed]) -> None:
    """Deletes the rows: the deliveries are done. Raises `ClaimLostError` when some were taken over."""
    connection = connections[claimed[0].published_in]
    among = _among("ids", connection.vendor)
    ids = one_parameter([delivery.id for delivery in claimed], connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(DELETE.format(among=among), {"ids": ids, "claim": claimed[0].claim.hex})
        if cursor.rowcount < len(claimed):
            raise ClaimLostError


def mark_done(claimed: Sequence[Claimed], now: datetime) -> None:
    """Marks the rows as done, and keeps them. Raises `ClaimLostError` when some were taken over."""
    if still_claimed(claimed).update(status=DONE, done_at=now, not_before=None, error="") < len(claimed):
        raise ClaimLostError


def _among(name: str, vendor: str) -> str:
    return AMONG[vendor] % f"%({name})s"


def _claim(alias: str, which: str, now: datetime, most: int) -> list[Claimed]:
    """Claims due deliveries whose earlier ones, to the same handler and of the same key, do not block them."""
    connection, claim, until = connections[alias], uuid.uuid4(), now + LEASE
    due = DUE.format(which=which, among=_among("handlers", connection.vendor))
    within = {
        "handlers": one_parameter([name for name in handler_names() if not is_away(home_of(name))], connection.vendor),
        "now": connection.ops.adapt_datetimefield_value(now),
        "beyond": connection.ops.adapt_datetimefield_value(now + MAX_PAUSE),
    }
    taken = {"until": connection.ops.adapt_datetimefield_value(until), "claim": claim.hex, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(ANY_DUE.format(due=due), within)
        if not cursor.fetchone():
            return []
        with transaction.atomic(using=alias):
            exclusive(CLAIMING, alias)  # or a claim could overtake an earlier row that another worker is just claiming
            cursor.execute(CLAIM.format(due=due, blocked_by=BLOCKED_BY[which]), within | taken)
            found = sorted(cursor.fetchall())
    events = {
        event.id: event for event in records_of(Event.objects.using(alias).filter(pk__among={row[1] for row in found}))
    }
    return [
        Claimed(id=pk, event=events[event], handler=handler, key=key, attempts=attempts, error=error, claim=claim,
                until=until, published_in=alias)
        for pk, event, handler, key, attempts, error in found
    ]  # fmt: skip

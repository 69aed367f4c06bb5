"""Claims: a worker holds due deliveries before it attempts them, so that no other worker does.

Fresh ones are named by a lease (leases.py), so their rows stay as they were written. One that was attempted before is
claimed in its own row, alone, and that counts the attempt. Both are committed before any handler runs, and end after
`LEASE`: then other workers take up what a dead one left. The statements are SQL: composing them took the ORM longer
than the database to answer.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import QuerySet

from kernel.eventbus.delivery.due import LEASE, TRIED, due, handlers, moments
from kernel.eventbus.locks import CLAIMING, exclusive
from kernel.eventbus.models import Delivery
from kernel.eventbus.records import Record, records_named
from kernel.storage.lookups import AMONG, one_parameter

WAITING, DONE, DEAD = Delivery.Status.WAITING, Delivery.Status.DONE, Delivery.Status.DEAD
CLAIM = f"""
    UPDATE eventbus_delivery SET attempts = attempts + 1, not_before = %(end)s, claim = %(claim)s
    WHERE id IN (
        SELECT due.id {TRIED} AND NOT EXISTS (
            SELECT 1 FROM eventbus_delivery earlier
            WHERE earlier.handler = due.handler AND earlier.key = due.key AND earlier.id < due.id
                AND NOT (earlier.status = 'done')
        )
        ORDER BY due.id LIMIT 1
    )
    RETURNING id, event_id, handler, key, attempts, error
"""  # noqa: S608  only conditions are put in
DELETE = "DELETE FROM eventbus_delivery WHERE id {among} AND status = 'waiting' AND {held}"
HELD, LEASED = "claim = %s", "claim IS NULL AND attempts = 0"


class ClaimLostError(Exception):
    """The claim expired, and another worker has taken over some of its deliveries."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A delivery that this worker holds, with its event; `published_in` is the database that both are in.

    It is held by the `claim` in its row, or without one by a lease. `attempts` counts the one that is to be made.
    """

    id: int
    event: Record
    handler: str
    key: str
    attempts: int
    error: str
    claim: uuid.UUID | None
    until: datetime
    published_in: str

    def has_expired(self, now: datetime) -> bool:
        """Whether the claim is over, so that another worker may have it by now."""
        return self.until <= now


def claim_retry(now: datetime, alias: str = DEFAULT_DB_ALIAS) -> list[Claimed]:
    """Claims at most one delivery that was attempted before: it failed, or its worker never finished."""
    connection, claim = connections[alias], uuid.uuid4()
    within = moments(now, alias) | handlers(connection.vendor) | {"claim": claim.hex}
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        exclusive(CLAIMING, alias)  # or a claim could overtake an earlier row that another worker is just claiming
        cursor.execute(due(CLAIM, connection.vendor), within)
        found = cursor.fetchall()
    return claimed_of(found, claim=claim, until=now + LEASE, published_in=alias)


def claimed_of(rows: Iterable[Sequence[Any]], *, published_in: str, **held: Any) -> list[Claimed]:
    """The deliveries of these rows, in their order, each with its event."""
    ordered = sorted(rows, key=itemgetter(0))
    known = records_named({event for _pk, event, *_ in ordered}, published_in) if ordered else {}
    return [
        Claimed(id=pk, event=known[event], handler=handler, key=key, attempts=attempts, error=error,
                published_in=published_in, **held)
        for pk, event, handler, key, attempts, error in ordered
    ]  # fmt: skip


def still_claimed(claimed: Sequence[Claimed]) -> QuerySet[Delivery]:
    """Those deliveries of one claim that no other worker has taken over."""
    first = claimed[0]
    held = {"claim": first.claim} if first.claim else {"claim": None, "attempts": 0}
    here = Delivery.objects.using(first.published_in)
    return here.filter(pk__in=[delivery.id for delivery in claimed], status=WAITING, **held)


def release(delivery: Claimed) -> None:
    """Ends the claim on a delivery, which counts as not attempted."""
    still_claimed([delivery]).update(attempts=delivery.attempts - 1, not_before=None, claim=None)


def remove(claimed: Sequence[Claimed]) -> None:
    """Deletes the rows: the deliveries are done. Raises `ClaimLostError` when some were taken over."""
    connection, claim = connections[claimed[0].published_in], claimed[0].claim
    statement = DELETE.format(among=AMONG[connection.vendor], held=HELD if claim else LEASED)
    ids = one_parameter([delivery.id for delivery in claimed], connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids, claim.hex] if claim else [ids])
        if cursor.rowcount < len(claimed):
            raise ClaimLostError


def mark_done(claimed: Sequence[Claimed], now: datetime) -> None:
    """Marks the rows as done, and keeps them. Raises `ClaimLostError` when some were taken over."""
    done = {"status": DONE, "done_at": now, "not_before": None, "error": "", "attempts": claimed[0].attempts}
    if still_claimed(claimed).update(**done) < len(claimed):
        raise ClaimLostError

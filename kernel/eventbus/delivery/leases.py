"""Leases: a worker takes all fresh deliveries of a round with one row that names them, and that it keeps for the next.

It is committed before any handler runs. What a dead worker left of it counts as attempted once when it is over, and is
retried one by one. A claim in each delivery's own row would write that row anew, with an entry in each of its indexes,
only to delete it right afterwards.
"""

import json
from datetime import datetime
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from kernel.eventbus.delivery.claims import Claimed, claimed_of
from kernel.eventbus.delivery.due import FRESH, HOLDS, LEASE, due, handlers, moments
from kernel.eventbus.locks import CLAIMING, exclusive
from kernel.storage.lookups import AMONG, one_parameter

BATCH = 500
TAKE = f"""
    SELECT due.id, due.event_id, due.handler, due.key, 1, due.error {FRESH} AND NOT EXISTS (
        SELECT 1 FROM eventbus_delivery earlier
        WHERE earlier.handler = due.handler AND earlier.key = due.key AND earlier.id < due.id
            AND NOT (earlier.status = 'done')
            AND (earlier.status = 'dead' OR earlier.attempts > 0 OR earlier.id IN ({{leased}}))
    )
    ORDER BY due.id LIMIT {BATCH}
"""  # noqa: S608  only conditions are put in, here and below
ONE_BY_ONE = "SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)"
"""Until the transaction ends PostgreSQL reads deliveries in their order, from the index of those that wait, and stops
when it has enough. It counts them now and then only: where that was when next to none waited, it would read and sort
all of a backlog in each round."""
HOLD = """
    INSERT INTO eventbus_lease (claim, until, deliveries) VALUES (%s, %s, %s)
    ON CONFLICT (claim) DO UPDATE SET until = excluded.until, deliveries = excluded.deliveries
"""
LEFT = f"DELETE FROM eventbus_lease WHERE NOT ({HOLDS}) RETURNING deliveries"  # noqa: S608
COUNT = """
    UPDATE eventbus_delivery SET attempts = 1
    WHERE id {among} AND status = 'waiting' AND attempts = 0 AND claim IS NULL
"""


def claim_fresh(now: datetime, alias: str = DEFAULT_DB_ALIAS, lease: UUID | None = None) -> list[Claimed]:
    """Takes up to `BATCH` deliveries that were never attempted, each key's in their order, into the lease, in place of
    what it named before."""
    connection, lease = connections[alias], lease or uuid4()
    within = moments(now, alias) | handlers(connection.vendor) | {"lease": lease.hex}
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        exclusive(CLAIMING, alias)  # or a claim could overtake an earlier row that another worker is just claiming
        if connection.vendor == "postgresql":
            cursor.execute(ONE_BY_ONE)
        cursor.execute(due(TAKE, connection.vendor), within)
        if not (found := cursor.fetchall()):
            return []
        cursor.execute(HOLD, [lease.hex, within["end"], json.dumps([row[0] for row in found])])
    return claimed_of(found, published_in=alias, claim=None, until=now + LEASE)


def end_lease(lease: UUID, alias: str = DEFAULT_DB_ALIAS) -> None:
    """What it names and was neither done nor failed is fresh again."""
    with connections[alias].cursor() as cursor:
        cursor.execute("DELETE FROM eventbus_lease WHERE claim = %s", [lease.hex])


def count_left(now: datetime, alias: str = DEFAULT_DB_ALIAS) -> None:
    """Ends the leases of workers that died: what they left counts as attempted."""
    connection = connections[alias]
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        exclusive(CLAIMING, alias)
        cursor.execute(LEFT, moments(now, alias))
        left = [row[0] for row in cursor.fetchall()]
        named = [pk for ids in left for pk in (json.loads(ids) if isinstance(ids, str) else ids)]
        if named:
            among = AMONG[connection.vendor]
            cursor.execute(COUNT.format(among=among), [one_parameter(sorted(named), connection.vendor)])

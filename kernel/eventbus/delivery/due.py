"""Which deliveries are due: the conditions that the statements of leases and claims share."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connections

from kernel.eventbus.delivery.backoff import MAX_PAUSE
from kernel.eventbus.registry import handler_names, home_of
from kernel.storage.databases import is_away
from kernel.storage.lookups import AMONG, one_parameter

LEASE = timedelta(seconds=15)
"""After so long other workers take up what a dead one left."""
YOUNG = timedelta(seconds=0.15)
"""While another's lease is no older, that worker is at it: one whose rounds take longer needs help."""
HOLDS = "until > %(now)s AND until <= %(beyond)s"
"""Of a lease. One that lies further in the future than any can was written before the clock was set back."""
OTHERS = f"FROM eventbus_lease lease{{ids}} WHERE {HOLDS} AND lease.claim <> %(lease)s"
LEASED = {
    "postgresql": f"SELECT jsonb_array_elements_text(deliveries)::bigint {OTHERS.format(ids='')}",
    "sqlite": f"SELECT value {OTHERS.format(ids=', json_each(deliveries)')}",
}
DUE = """
    FROM eventbus_delivery due WHERE due.status = 'waiting' AND due.handler {among}
        AND (due.not_before IS NULL OR due.not_before <= %(now)s OR due.not_before > %(beyond)s)
"""
FRESH = f"{DUE} AND due.attempts = 0 AND due.id NOT IN ({{leased}})"
TRIED = f"{DUE} AND due.attempts > 0"


def due(statement: str, vendor: str, **parts: str) -> str:
    """The statement for that kind of database."""
    return statement.format(among=AMONG[vendor] % "%(handlers)s", leased=LEASED[vendor], **parts)


def moments(now: datetime, alias: str) -> dict[str, Any]:
    """The parameters of the conditions that are moments."""
    adapt = connections[alias].ops.adapt_datetimefield_value
    return {
        "now": adapt(now),
        "end": adapt(now + LEASE),
        "young": adapt(now + LEASE - YOUNG),
        "beyond": adapt(now + MAX_PAUSE),
    }


def handlers(vendor: str) -> dict[str, Any]:
    """The handlers that can have their effect now."""
    return {"handlers": one_parameter([name for name in handler_names() if not is_away(home_of(name))], vendor)}

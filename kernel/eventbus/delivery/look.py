"""A look at what there is to do, which waits for nobody. Most rounds of a worker that lingers are this and no more."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connections

from kernel.eventbus.delivery.due import FRESH, HOLDS, TRIED, due, handlers, moments

LOOK = f"""
    SELECT EXISTS (SELECT 1 FROM eventbus_lease WHERE NOT ({HOLDS})), EXISTS (SELECT 1 {TRIED}),
        NOT EXISTS (SELECT 1 FROM eventbus_lease WHERE {HOLDS} AND until > %(young)s AND claim < %(gives_way)s)
            AND EXISTS (SELECT 1 {FRESH})
"""  # noqa: S608  only conditions are put in


class WhatIsDue(NamedTuple):
    """Whether a dead worker's lease is over, whether what was tried before is due, and whether something fresh is."""

    left: bool
    tried: bool
    fresh: bool


def look(now: datetime, alias: str, lease: UUID, *, gives_way: bool = False) -> WhatIsDue:
    """What the worker that has this lease would find to do in that database, without waiting for anybody.

    One that `gives_way` leaves what is fresh to another that is at it, the one whose lease comes first.
    """
    connection = connections[alias]
    own = {"lease": lease.hex, "gives_way": (lease if gives_way else UUID(int=0)).hex}
    with connection.cursor() as cursor:
        cursor.execute(due(LOOK, connection.vendor), moments(now, alias) | handlers(connection.vendor) | own)
        return WhatIsDue(*map(bool, cursor.fetchone()))

"""What the log holds from a position on, and what has no position yet: one statement for who looks often."""

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from kernel.eventbus.months.recent import first_id_behind
from kernel.eventbus.stream.early import BY_INDEX

# Of two statements the one for early events would have to be first, since they get their positions meanwhile.
LOOK = """
SELECT name, occurred_at, position, uuid FROM (
    SELECT * FROM eventbus_event WHERE position >= %(position)s AND id >= %(first)s ORDER BY position LIMIT %(most)s
) AS numbered
UNION ALL
SELECT name, occurred_at, position, uuid FROM (
    SELECT * FROM eventbus_event {early} WHERE position IS NULL AND id >= %(first)s ORDER BY id LIMIT %(most)s
) AS early
"""


class Noted(NamedTuple):
    """An event, as far as a look goes. One without a position was committed a moment ago."""

    name: str
    occurred_at: datetime
    position: int | None
    uuid: UUID


def events_from(position: int, most: int) -> list[Noted]:
    """The event of a position and those behind it in order, and those that have none yet; `most` of each."""
    wanted = {"position": position, "first": first_id_behind(position - 1), "most": most}
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute(LOOK.format(early=BY_INDEX[connection.vendor]), wanted)
        return [Noted(name, _moment(at), place, _uuid(uuid)) for name, at, place, uuid in cursor.fetchall()]


def _moment(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)  # SQLite's have no time zone


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)

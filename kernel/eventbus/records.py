"""The rows of the log as handlers are given them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from kernel.eventbus.models import Event
from kernel.storage.lookups import AMONG, one_parameter


@dataclass(slots=True, eq=False)
class Record:
    """An event of the log, its payload as JSON: an instance of the model takes ten times as long to read. `heard` is
    what was read of that, for all handlers that are given this row."""

    id: int
    uuid: UUID
    name: str
    payload: str
    correlation_id: UUID
    by: int | None
    via: str
    reason: str
    heard: Any = None


COLUMNS = ("id", "uuid", "name", Cast("payload", TextField()), "correlation_id", "by", "via", "reason")

NAMED = """
    SELECT id, uuid, name, CAST(payload AS text), correlation_id, "by", via, reason FROM eventbus_event WHERE id {among}
"""


def records_of(events: QuerySet[Event]) -> list[Record]:
    """These events, in one statement."""
    return [Record(*row) for row in events.values_list(*COLUMNS)]


def records_named(ids: Collection[int], alias: str) -> dict[int, Record]:
    """The events of these ids. Each round of a worker asks for them, and composing that took longer than the answer."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(NAMED.format(among=AMONG[connection.vendor]), [one_parameter(ids, connection.vendor)])
        rows = cursor.fetchall()
    return {pk: Record(pk, _uuid(own), name, payload, _uuid(of), *actor) for pk, own, name, payload, of, *actor in rows}


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)

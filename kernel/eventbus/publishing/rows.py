"""How events and their deliveries get into the log: one way for each kind of database, for one event or thousands.

Without models: they were four fifths of what a sweep over a hundred thousand loans cost.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from kernel.eventbus.events import DomainEvent
from kernel.observability.tracing import Trace

BATCH = 2_000
"""So many events are in memory as rows, and in one statement, at a time."""

POSTGRESQL = """
    WITH told AS (
        INSERT INTO eventbus_event (uuid, name, key, occurred_at, payload, correlation_id, causation_id)
        SELECT uuid, name, key, occurred_at, payload, correlation_id, causation_id
        FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::jsonb[], %s::uuid[], %s::uuid[])
        WITH ORDINALITY AS row (uuid, name, key, occurred_at, payload, correlation_id, causation_id, number)
        ORDER BY number
        RETURNING id, name, key
    )
"""
SQLITE = """
    INSERT INTO eventbus_event (uuid, name, key, occurred_at, payload, correlation_id, causation_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
OWED = """
    INSERT INTO eventbus_delivery (event_id, handler, key, status, attempts, error)
    SELECT told.id, owed.column2, told.key, 'waiting', 0, ''
    FROM {told} told JOIN (VALUES {pairs}) owed ON owed.column1 = told.name ORDER BY told.id
"""
# Nobody else writes meanwhile, so the newest events are those of this batch.
NEWEST = "(SELECT * FROM eventbus_event WHERE id > (SELECT max(id) FROM eventbus_event) - %s)"

Told = tuple[DomainEvent, Trace]
"""An event, and what led to it."""
Pairs = Sequence[tuple[str, str]]
"""The names of events, each with the name of a handler that it is owed to."""


class Row(NamedTuple):
    """What one event puts into the log."""

    uuid: str
    name: str
    key: str
    occurred_at: datetime
    payload: str
    correlation_id: str
    causation_id: str | None


def write_events(connection: BaseDatabaseWrapper, told: Sequence[Told], owed: Pairs) -> None:
    """Adds the events to the log, in their order, and what is owed of each, within the open transaction."""
    write = {"postgresql": _write_to_postgresql, "sqlite": _write_to_sqlite}[connection.vendor]
    for start in range(0, len(told), BATCH):
        write(connection, [_row(*pair) for pair in told[start : start + BATCH]], owed or [("", "")])


def _row(event: DomainEvent, trace: Trace) -> Row:
    cause = trace.causation_id.hex if trace.causation_id else None
    told = (type(event).__name__, event.key, event.occurred_at, event.payload())
    return Row(uuid.uuid4().hex, *told, trace.correlation_id.hex, cause)


def _write_to_postgresql(connection: BaseDatabaseWrapper, rows: list[Row], owed: Pairs) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL + _owing("told", owed), [*columns, *_flat(owed)])


def _write_to_sqlite(connection: BaseDatabaseWrapper, rows: list[Row], owed: Pairs) -> None:
    moment = cache(connection.ops.adapt_datetimefield_value)
    with connection.cursor() as cursor:
        cursor.executemany(SQLITE, [(*row[:3], moment(row.occurred_at), *row[4:]) for row in rows])
        cursor.execute(_owing(NEWEST, owed), [len(rows), *_flat(owed)])


def _owing(told: str, owed: Pairs) -> str:
    return OWED.format(told=told, pairs=", ".join(["(%s, %s)"] * len(owed)))


def _flat(owed: Pairs) -> list[str]:
    return [name for pair in owed for name in pair]

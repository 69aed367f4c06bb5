"""The transactional outbox: an event, and a delivery for each handler, are rows that commit with what they announce.

They are written by plain SQL, one or two statements for up to `BATCH` events: instances of models were four fifths of
the cost of a sweep over a hundred thousand loans.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby, repeat
from typing import NamedTuple

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from kernel.eventbus.delivery.dispatch import wake
from kernel.eventbus.events import DomainEvent
from kernel.eventbus.registry import announced
from kernel.observability.spans import publishing_span
from kernel.observability.tracing import Trace, current_trace, tracing
from kernel.storage.databases import context_of, database_of
from kernel.storage.rows import Column, rows_of
from kernel.storage.writes import Write, write

BATCH = 2_000
"""The most events in one statement, and in memory as rows, at a time."""

INSERT_EVENTS = {
    "postgresql": """
        INSERT INTO eventbus_event
            (uuid, name, key, occurred_at, payload, correlation_id, causation_id, "by", via, reason)
        SELECT {selected} FROM {source} ORDER BY row.ordinality
        RETURNING id, name, key
    """,
    "sqlite": """
        INSERT INTO eventbus_event
            (uuid, name, key, occurred_at, payload, correlation_id, causation_id, "by", via, reason)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    """,
}
INSERT_DELIVERIES = """
    INSERT INTO eventbus_delivery (event_id, handler, key, status, attempts, error)
    SELECT event.id, subscription.column2, event.key, 'waiting', 0, ''
    FROM {events} event JOIN (VALUES {subscriptions}) subscription ON subscription.column1 = event.name
    ORDER BY event.id
"""
# Nobody else writes to SQLite meanwhile, so the newest events are those of this batch.
INSERT_DELIVERY = """
    INSERT INTO eventbus_delivery (event_id, handler, key, status, attempts, error)
    VALUES ((SELECT max(id) FROM eventbus_event) - %s, %s, %s, 'waiting', 0, '')
"""
NEWEST_EVENTS = "(SELECT id, name, key FROM eventbus_event WHERE id > (SELECT max(id) FROM eventbus_event) - %s)"
FEW = 10
"""Events, of which SQLite writes each delivery by itself in half the time; of many it takes half as long again."""

Announcement = tuple[DomainEvent, Trace]
"""An event, and what caused it."""
Subscriptions = Sequence[tuple[str, str]]
"""Names of events, each with the name of a handler that listens to it."""


class PublishedOutsideTransactionError(RuntimeError):
    """An event was published with no transaction open, so it could not commit together with what it announces."""


class EventRow(NamedTuple):
    """The columns of one event."""

    uuid: str
    name: str
    key: str
    occurred_at: datetime
    payload: str
    correlation_id: str
    causation_id: str | None
    by: int | None
    via: str
    reason: str


TYPES = ("uuid", "text", "text", "timestamp with time zone", "jsonb", "uuid", "uuid", "bigint", "text", "text")
"""Of these columns, in PostgreSQL."""


def publish(event: DomainEvent) -> None:
    """Writes the event and one delivery for each subscribed handler into the open transaction of its context.

    If that rolls back, nothing was announced. Handlers run after the commit, in a worker. Raises
    `PublishedOutsideTransactionError` when no transaction is open in the context's database.
    """
    publish_many([event])


def publish_many(
    events: Iterable[DomainEvent], traces: Iterable[Trace] | None = None, *, writes: Sequence[Write] = ()
) -> None:
    """Publishes many events in their order, as `publish` does, with one or two statements for each `BATCH` of them.

    `traces` says what caused each of them, where that is not the trace in force. `writes` is what they tell of and
    what is yet to be written, in the database of the first one: before it, on PostgreSQL by the same statement.
    """
    trace = current_trace()
    announcements = zip(events, repeat(trace) if traces is None else traces, strict=False)
    for alias, group in groupby(announcements, key=_database_of):
        if not connections[alias].in_atomic_block:
            raise PublishedOutsideTransactionError("publish inside atomic_in(the context), last in the service")
        own = list(group)
        with tracing(trace), publishing_span(type(own[0][0]).__name__, len(own)):
            _write(connections[alias], own, writes)
        writes = ()
        transaction.on_commit(wake, using=alias, robust=True)
    if writes:
        raise ValueError("nothing is told of what is to be written")


def _database_of(announcement: Announcement) -> str:
    return database_of(context_of(type(announcement[0]).__module__))


def _write(connection: BaseDatabaseWrapper, announcements: Sequence[Announcement], before: Sequence[Write]) -> None:
    """Inserts the events and their deliveries, in the order of the events, and before the first what is to be there."""
    to_database = {"postgresql": _write_to_postgresql, "sqlite": _write_to_sqlite}[connection.vendor]
    classes = dict.fromkeys(type(event) for event, _trace in announcements)
    subscriptions = subscriptions_to(classes) or [("", "")]
    for start in range(0, len(announcements), BATCH):
        rows = [_row(*each) for each in announcements[start : start + BATCH]]
        to_database(connection, rows, subscriptions, () if start else before)


def subscriptions_to(classes: Iterable[type[DomainEvent]]) -> Subscriptions:
    """Asks the signal who listens to each class of events."""
    return [(event.__name__, str(handler)) for event in classes for _, handler in announced.send(sender=event)]


def _row(event: DomainEvent, trace: Trace) -> EventRow:
    return EventRow(
        uuid=uuid.uuid4().hex,
        name=type(event).__name__,
        key=event.key,
        occurred_at=event.occurred_at,
        payload=event.stored(),
        correlation_id=trace.correlation_id.hex,
        causation_id=trace.causation_id.hex if trace.causation_id else None,
        by=trace.by,
        via=trace.via,
        reason=trace.reason,
    )


def _write_to_postgresql(
    connection: BaseDatabaseWrapper, rows: list[EventRow], subscriptions: Subscriptions, before: Sequence[Write]
) -> None:
    """All in one statement."""
    found = rows_of(list(map(Column, EventRow._fields, TYPES, zip(*rows, strict=True))))
    events = INSERT_EVENTS["postgresql"].format(selected=found.selected, source=found.source)
    deliveries = Write("delivery", insert_deliveries("event", subscriptions), flat(subscriptions))
    write(connection, [*before, Write("event", events, found.parameters), deliveries])


def _write_to_sqlite(
    connection: BaseDatabaseWrapper, rows: list[EventRow], subscriptions: Subscriptions, before: Sequence[Write]
) -> None:
    write(connection, before)
    adapted = cache(connection.ops.adapt_datetimefield_value)
    values = [(*row[:3], adapted(row.occurred_at), *row[4:]) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(INSERT_EVENTS["sqlite"], values)
        if len(rows) > FEW:
            cursor.execute(insert_deliveries(NEWEST_EVENTS, subscriptions), [len(rows), *flat(subscriptions)])
        else:
            cursor.executemany(INSERT_DELIVERY, _owed(rows, subscriptions))


def _owed(rows: Sequence[EventRow], subscriptions: Subscriptions) -> list[tuple[int, str, str]]:
    """Of each delivery of a batch how far before the newest its event is, the handler and the key."""
    events = [(len(rows) - number, row) for number, row in enumerate(rows, start=1)]
    return [(before, handler, row.key) for before, row in events for name, handler in subscriptions if name == row.name]


def insert_deliveries(events: str, subscriptions: Subscriptions) -> str:
    """The statement that owes `events`, a table or query of their ids, names and keys, to who listens; its parameters
    end with the `flat` subscriptions."""
    return INSERT_DELIVERIES.format(events=events, subscriptions=", ".join(["(%s, %s)"] * len(subscriptions)))


def flat(subscriptions: Subscriptions) -> list[str]:
    """The subscriptions as parameters."""
    return [name for subscription in subscriptions for name in subscription]

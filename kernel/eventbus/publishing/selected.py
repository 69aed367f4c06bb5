"""Events that the database writes itself, one for each row of a query: what changes by the hundred thousand.

A row costs a fraction of what it takes to read it, make an event of it and send that back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import msgspec
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from kernel.eventbus.delivery.dispatch import wake
from kernel.eventbus.events import DomainEvent, defaults_of
from kernel.eventbus.publishing.outbox import (
    NEWEST_EVENTS,
    PublishedOutsideTransactionError,
    flat,
    insert_deliveries,
    subscriptions_to,
)
from kernel.observability.spans import publishing_span
from kernel.observability.tracing import current_trace
from kernel.storage.databases import context_of, database_of

INSERT_EVENTS = """
    INSERT INTO eventbus_event (uuid, name, key, occurred_at, payload, correlation_id, causation_id, "by", via, reason)
    SELECT {uuid}, %s, %s || {key}, {moment}, {payload}, {id}, {id}, {person}, %s, %s
    FROM {rows} ORDER BY {order}
"""
# Of version 4, as everywhere: two numbers of 64 random bits, but for those that tell the version and the variant.
UUID_IN_SQLITE = f"printf('%%016x%%016x', (random() & {~0xF000}) | {0x4000}, (random() & {2**62 - 1}) | {-(2**63)})"
DIALECT = {
    "postgresql": {
        "uuid": "gen_random_uuid()", "object": "jsonb_build_object", "json": "%s::jsonb",
        "moment": "%s::timestamptz", "id": "%s::uuid", "person": "%s::bigint",
    },
    "sqlite": {
        "uuid": UUID_IN_SQLITE, "object": "json_object", "json": "json(%s)",
        "moment": "%s", "id": "%s", "person": "%s",
    },
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SelectedRows:
    """The rows that events are made of: what follows `FROM`, with its parameters, and the column to order them by.
    `values` maps fields of the event to SQL expressions, `constants` those that are the same in each; the others have
    their defaults."""

    rows: str
    parameters: Sequence[Any]
    order: str
    values: Mapping[str, str]
    constants: Mapping[str, Any] = field(default_factory=dict)


def publish_selected(event: type[DomainEvent], selected: SelectedRows, *, occurred_at: datetime) -> None:
    """Publishes an event of that class for each of the rows, in their order, as `publish_many` would, with one or two
    statements. How many there are at most is for the caller to limit. Raises `PublishedOutsideTransactionError`."""
    alias = database_of(context_of(event.__module__))
    connection = connections[alias]
    if not connection.in_atomic_block:
        raise PublishedOutsideTransactionError("publish inside atomic_in(the context), last in the service")
    with publishing_span(event.__name__, 1):
        _write(connection, event, selected, occurred_at)
    transaction.on_commit(wake, using=alias, robust=True)


def _write(
    connection: BaseDatabaseWrapper, event: type[DomainEvent], selected: SelectedRows, occurred_at: datetime
) -> None:
    statement, parameters = _events(connection, event, selected, occurred_at)
    subscriptions = subscriptions_to([event]) or [("", "")]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            both = f"WITH event AS ({statement} RETURNING id, name, key) {insert_deliveries('event', subscriptions)}"
            cursor.execute(both, [*parameters, *flat(subscriptions)])
        else:
            cursor.execute(statement, parameters)
            cursor.execute(insert_deliveries(NEWEST_EVENTS, subscriptions), [cursor.rowcount, *flat(subscriptions)])


def _events(
    connection: BaseDatabaseWrapper, event: type[DomainEvent], selected: SelectedRows, occurred_at: datetime
) -> tuple[str, list[Any]]:
    """The statement that inserts the events, and its parameters."""
    dialect, trace = DIALECT[connection.vendor], current_trace()
    payload, constants = _payload(event, selected, occurred_at, dialect)
    statement = INSERT_EVENTS.format(
        **dialect, key=selected.values[event.about], payload=payload, rows=selected.rows, order=selected.order
    )
    causation = trace.causation_id.hex if trace.causation_id else None
    moment = connection.ops.adapt_datetimefield_value(occurred_at)
    identity = [event.__name__, f"{event.about}:", moment]
    origin = [trace.correlation_id.hex, causation, trace.by, trace.via, trace.reason]
    return statement, [*identity, *constants, *origin, *selected.parameters]


def _payload(
    event: type[DomainEvent], selected: SelectedRows, occurred_at: datetime, dialect: Mapping[str, str]
) -> tuple[str, list[str]]:
    """The JSON object as the log keeps it, with the fields in their order, and what its placeholders stand for."""
    values, constants = selected.values, {**selected.constants, "occurred_at": occurred_at}
    left_out = defaults_of(event).keys() - values.keys() - constants.keys()
    names = [one.name for one in fields(event) if one.name not in left_out]
    pairs = [f"'{name}', {dialect['json'] if name in constants else values[name]}" for name in names]
    said = [msgspec.json.encode(constants[name]).decode() for name in names if name in constants]
    return f"{dialect['object']}({', '.join(pairs)})", said

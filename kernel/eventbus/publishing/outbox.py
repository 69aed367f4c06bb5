"""How a context announces what happened."""

from collections.abc import Iterable
from itertools import groupby, repeat

from django.db import connections, transaction

from kernel.eventbus.delivery.dispatch import wake
from kernel.eventbus.events import DomainEvent
from kernel.eventbus.publishing.rows import Told, write_events
from kernel.eventbus.registry import announced
from kernel.observability.spans import publishing_span
from kernel.observability.tracing import Trace, current_trace, tracing
from kernel.storage.databases import context_of, database_of


class PublishedOutsideTransactionError(RuntimeError):
    """An event was published with no transaction open, so it could not commit together with what it tells."""


def publish(event: DomainEvent) -> None:
    """Writes the event and one delivery for each subscribed handler into the open transaction of its context.

    Roll back, and nothing was said. Handlers run after the commit, in a worker. Raises
    `PublishedOutsideTransactionError` when no transaction is open in the context's database.
    """
    publish_many([event])


def publish_many(events: Iterable[DomainEvent], traces: Iterable[Trace] | None = None) -> None:
    """Publishes many events in their order, as `publish` does, with one or two statements for each few thousand.

    `traces` says for each of them what led to it, where that is not the trace in force.
    """
    trace = current_trace()
    for alias, group in groupby(zip(events, repeat(trace) if traces is None else traces, strict=False), key=_home_of):
        connection = connections[alias]
        if not connection.in_atomic_block:
            raise PublishedOutsideTransactionError("publish inside atomic_in(the context), last in the service")
        told = list(group)
        with tracing(trace), publishing_span(type(told[0][0]).__name__, len(told)):
            write_events(connection, told, _owed(told))
        transaction.on_commit(wake, using=alias, robust=True)


def _home_of(told: Told) -> str:
    return database_of(context_of(type(told[0]).__module__))


def _owed(told: list[Told]) -> list[tuple[str, str]]:
    """The events' names, each with the name of a subscribed handler."""
    classes = dict.fromkeys(type(event) for event, _trace in told)
    return [(event.__name__, str(handler)) for event in classes for _, handler in announced.send(sender=event)]

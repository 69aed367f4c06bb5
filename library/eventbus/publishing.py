"""How a context announces what happened."""

from collections.abc import Iterable
from itertools import groupby

from django.db import connections, transaction

from library.databases import context_of, database_of
from library.eventbus.carrier import wake
from library.eventbus.events import DomainEvent
from library.eventbus.tracing import current_trace
from library.eventbus.wiring import announced
from library.eventbus.writing import write_events


class PublishedOutsideTransactionError(RuntimeError):
    """An event was published with no transaction open, so it could not commit together with what it tells."""


def publish(event: DomainEvent) -> None:
    """Writes the event and one delivery for each subscribed handler into the open transaction of its context.

    Roll back, and nothing was said. Handlers run after the commit, in a worker. Raises
    `PublishedOutsideTransactionError` when no transaction is open in the context's database.
    """
    publish_many([event])


def publish_many(events: Iterable[DomainEvent]) -> None:
    """Publishes many events in their order, as `publish` does, with one or two statements for each few thousand."""
    for alias, group in groupby(events, key=_home_of):
        connection = connections[alias]
        if not connection.in_atomic_block:
            raise PublishedOutsideTransactionError("publish inside atomic_in(the context), last in the service")
        told = list(group)
        write_events(connection, told, _owed(told), current_trace())
        transaction.on_commit(wake, using=alias, robust=True)


def _home_of(event: DomainEvent) -> str:
    return database_of(context_of(type(event).__module__))


def _owed(told: list[DomainEvent]) -> list[tuple[str, str]]:
    """The events' names, each with the name of a subscribed handler."""
    classes = dict.fromkeys(map(type, told))
    return [(event.__name__, str(handler)) for event in classes for _, handler in announced.send(sender=event)]

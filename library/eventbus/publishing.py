"""How a context announces what happened."""

from collections.abc import Iterable

from django.db import connection, transaction

from library.eventbus.carrier import wake
from library.eventbus.events import DomainEvent
from library.eventbus.tracing import current_trace
from library.eventbus.wiring import announced
from library.eventbus.writing import write_events


class PublishedOutsideTransactionError(RuntimeError):
    """An event was published with no transaction open, so it could not commit together with what it tells."""


def publish(event: DomainEvent) -> None:
    """Writes the event and one delivery for each subscribed handler into the open transaction.

    Roll back, and nothing was said. Handlers run after the commit, in a worker. Raises
    `PublishedOutsideTransactionError` when no transaction is open.
    """
    publish_many([event])


def publish_many(events: Iterable[DomainEvent]) -> None:
    """Publishes many events in their order, as `publish` does, with one or two statements for each few thousand."""
    if not transaction.get_connection().in_atomic_block:
        raise PublishedOutsideTransactionError("publish inside atomic_in(the context), last in the service")
    told = list(events)
    write_events(connection, told, _owed(told), current_trace())
    transaction.on_commit(wake, robust=True)


def _owed(told: list[DomainEvent]) -> list[tuple[str, str]]:
    """The events' names, each with the name of a subscribed handler."""
    classes = dict.fromkeys(map(type, told))
    return [(event.__name__, str(handler)) for event in classes for _, handler in announced.send(sender=event)]

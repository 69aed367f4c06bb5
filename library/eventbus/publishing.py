"""How a context announces what happened."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import cast

from django.db import transaction

from library.eventbus.carrier import wake
from library.eventbus.events import DomainEvent
from library.eventbus.models import Delivery, Event
from library.eventbus.tracing import Trace, current_trace
from library.eventbus.wiring import announced

BATCH = 1_000


class PublishedOutsideTransactionError(RuntimeError):
    """An event was published with no transaction open, so it could not commit together with what it tells."""


def publish(event: DomainEvent) -> None:
    """Writes the event and one delivery for each subscribed handler into the open transaction.

    Roll back, and nothing was said. Handlers run after the commit, in a worker. Raises
    `PublishedOutsideTransactionError` when no transaction is open.
    """
    publish_many([event])


def publish_many(events: Iterable[DomainEvent]) -> None:
    """Publishes many events in their order, as `publish` does, with a few statements for each thousand."""
    if not transaction.get_connection().in_atomic_block:
        raise PublishedOutsideTransactionError("publish inside atomic_in(the context), last in the service")
    trace = current_trace()
    told = [(type(event), _record(event, trace)) for event in events]
    Event.objects.bulk_create([record for _, record in told], batch_size=BATCH)
    Delivery.objects.bulk_create(_deliveries(told), batch_size=BATCH)
    transaction.on_commit(wake, robust=True)


def _record(event: DomainEvent, trace: Trace) -> Event:
    return Event(
        name=type(event).__name__,
        key=event.key,
        occurred_at=event.occurred_at,
        payload=event.payload(),
        correlation_id=trace.correlation_id,
        causation_id=trace.causation_id,
    )


def _deliveries(told: list[tuple[type[DomainEvent], Event]]) -> Iterator[Delivery]:
    """What the subscribed handlers are owed."""
    for event_class, group in groupby(told, key=lambda pair: pair[0]):
        records = [record for _, record in group]
        for _, owed in announced.send(sender=event_class, records=records):
            yield from cast(list[Delivery], owed)

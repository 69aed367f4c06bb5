"""Runs a handler over the whole event log again."""

from collections.abc import Callable

from library.databases import atomic_in, context_of
from library.eventbus.models import Event
from library.eventbus.stream import gather_all
from library.eventbus.tracing import Trace, tracing
from library.eventbus.wiring import Handler, event_of, events_heard_by

BATCH = 500


def events_for(handler: Handler) -> list[str]:
    """The names of the events a handler hears."""
    return sorted(event.__name__ for event in events_heard_by(handler))


def replay(handler: Handler, progress: Callable[[int], None]) -> int:
    """Tells a handler every event of the log that it hears, in their order; returns how many there were.

    Handlers take an event twice as once and a late one without harm, so live delivery may go on meanwhile. Each
    batch commits on its own; a replay that was stopped is simply run again.
    """
    gather_all()
    told, last, names = 0, 0, events_for(handler)
    while batch := list(Event.objects.filter(name__in=names, id__gt=last).order_by("id")[:BATCH]):
        with atomic_in(context_of(handler.__module__)):
            for record in batch:
                with tracing(Trace(record.correlation_id, record.uuid)):
                    handler(event_of(record))
        last, told = batch[-1].pk, told + len(batch)
        progress(len(batch))
    return told

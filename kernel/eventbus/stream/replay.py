"""Replay: runs a handler over the whole event log again."""

from collections.abc import Callable

from kernel.eventbus.delivery.invocation import call_with, events_heard_by
from kernel.eventbus.models import Event
from kernel.eventbus.records import records_of
from kernel.eventbus.registry import Handler
from kernel.eventbus.stream.log import gather_all
from kernel.storage.databases import atomic_in, context_of

BATCH = 500


def events_for(handler: Handler) -> list[str]:
    """The names of the events that a handler hears."""
    return sorted(event.__name__ for event in events_heard_by(handler))


def replay(handler: Handler, progress: Callable[[int], None]) -> int:
    """Calls a handler with every event of the log that it hears, in their order; returns how many there were.

    Repeated and late events do no harm to handlers, so live delivery may go on meanwhile. Each batch commits on its
    own; a replay that was stopped is simply run again.
    """
    gather_all()
    replayed, last, names = 0, 0, events_for(handler)
    while batch := records_of(Event.objects.filter(name__in=names, id__gt=last).order_by("id")[:BATCH]):
        call = call_with(handler, batch)
        with atomic_in(context_of(handler.__module__)):
            call()
        last, replayed = batch[-1].id, replayed + len(batch)
        progress(len(batch))
    return replayed

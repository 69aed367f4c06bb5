"""How a handler is called: with one event, or with a batch of them if its parameter is a `Sequence`."""

import inspect
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from kernel.eventbus.delivery.batches import Batch
from kernel.eventbus.events import DomainEvent
from kernel.eventbus.records import Record
from kernel.eventbus.registry import Handler, event_of, name_of
from kernel.observability.spans import delivery_spans
from kernel.observability.tracing import Trace, tracing


def call_with(handler: Handler, records: Sequence[Record]) -> Callable[[], None]:
    """The call of a handler with the events of these rows of the log, in their order: they are read now, and the
    handler runs when the call is made. Raises `LookupError` or `msgspec.ValidationError` where one can't be read.

    All handlers of a round are given the same events, and change nothing of them. A batch handler does its work with a
    few statements for all of them. It publishes nothing, since no single event would be the cause; `each_traced` says
    of each event whose act it was.
    """
    heard = [_heard(record) for record in records]
    events, traces = [event for event, _trace in heard], [trace for _event, trace in heard]

    def call() -> None:
        if takes_batch(handler):
            with delivery_spans(name_of(handler), records):
                handler(Batch(events, traces))
            return
        for record, event, trace in zip(records, events, traces, strict=True):
            with tracing(trace), delivery_spans(name_of(handler), [record]):
                handler(event)

    return call


def _heard(record: Record) -> tuple[DomainEvent, Trace]:
    """The event, and the trace of what handlers do about it: its cause's request, person, door and reason."""
    if record.heard is None:
        trace = Trace(record.correlation_id, record.uuid, by=record.by, via=record.via, reason=record.reason)
        record.heard = event_of(record), trace
    event, trace = record.heard
    return event, trace


@cache
def takes_batch(handler: Handler) -> bool:
    """Whether a handler is called with all events of a batch at once."""
    return get_origin(_annotation(handler)) is Sequence


def events_heard_by(handler: Handler) -> set[type[DomainEvent]]:
    """The event classes in the annotation of the handler's one parameter."""
    heard = _annotation(handler)
    if get_origin(heard) is Sequence:
        (heard,) = get_args(heard)
    return set(get_args(heard)) or {heard}


def _annotation(handler: Handler) -> Any:
    parameter = next(iter(inspect.signature(handler).parameters))
    return get_type_hints(handler)[parameter]

"""How a handler is told events: one by one, or many at once if its parameter is a `Sequence` of them."""

import inspect
from collections.abc import Sequence
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from kernel.eventbus.events import DomainEvent
from kernel.eventbus.models import Event
from kernel.eventbus.registry import Handler, event_of, name_of
from kernel.observability.spans import delivery_spans
from kernel.observability.tracing import Trace, tracing


def tell(handler: Handler, records: Sequence[Event]) -> None:
    """Tells a handler what the rows of the log say, in their order.

    One that takes many at once makes something of all of them with a few statements; it publishes nothing, since no
    single event is the cause of what it does.
    """
    if takes_many(handler):
        with delivery_spans(name_of(handler), records):
            handler([event_of(record) for record in records])
        return
    for record in records:
        with tracing(Trace(record.correlation_id, record.uuid)), delivery_spans(name_of(handler), [record]):
            handler(event_of(record))


@cache
def takes_many(handler: Handler) -> bool:
    """Whether a handler is told all events of a batch at once."""
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

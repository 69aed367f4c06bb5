"""The events of one round that a batch handler is called with."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from kernel.observability.tracing import Trace, current_trace, tracing

Announced = TypeVar("Announced")


class Batch(list[Any]):
    """Events in their order, with the trace of what is done about each."""

    def __init__(self, events: Sequence[Any], traces: Sequence[Trace]) -> None:
        super().__init__(events)
        self.traces = traces


def each_traced(events: Sequence[Announced]) -> Iterator[Announced]:
    """Each event of a batch while its own trace is the current one, which says whose act it was, and by which door."""
    traces = events.traces if isinstance(events, Batch) else [current_trace()] * len(events)
    for event, trace in zip(events, traces, strict=True):
        with tracing(trace):
            yield event

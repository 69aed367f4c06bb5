"""OpenTelemetry: spans of requests, statements, publishing and deliveries, where an endpoint for them is configured.

Elsewhere nothing of it is imported and nothing is done. A trace's id is the correlation id, so a delivery is in the
trace of the request that caused it, whichever process it happens in and however much later.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings

TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_telemetry: Any = None


class EventRecord(Protocol):
    """What a span needs of an event: a row of the log."""

    @property
    def uuid(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def correlation_id(self) -> UUID: ...


def record_spans(service: str) -> None:
    """From now on this process records spans under that name, if an endpoint is configured.

    To be called before Django loads its middleware. Processes that are forked afterwards by multiprocessing record too.
    """
    global _telemetry
    if settings.OTLP_ENDPOINT:
        _telemetry = import_module("kernel.observability.opentelemetry_sdk").Telemetry(service)


def id_of_trace(traceparent: str) -> UUID | None:
    """The id of the trace that a W3C `traceparent` header names, where spans are recorded."""
    named = TRACEPARENT.fullmatch(traceparent) if _telemetry and traceparent else None
    return UUID(named[1]) if named else None


def note_route(route: str) -> None:
    """The request in force is answered at an address of that pattern."""
    if _telemetry is not None:
        _telemetry.note_route(route)


@contextmanager
def publishing_span(name: str, count: int) -> Iterator[None]:
    """The block publishes so many events, the first of that name."""
    if _telemetry is None:
        yield
        return
    with _telemetry.publishing(name, count):
        yield


@contextmanager
def delivery_spans(handler: str, records: Sequence[EventRecord]) -> Iterator[None]:
    """The block delivers these events to the handler: a span for each, in the trace of the request that caused it."""
    if _telemetry is None or not records:
        yield
        return
    with _telemetry.delivering(handler, records):
        yield

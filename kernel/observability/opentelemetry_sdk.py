"""How spans are recorded, and what of them is exported. Imported only where an endpoint is configured."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.util import Finalize, register_after_fork

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, get_current_span, use_span
from opentelemetry.util.types import Attributes

from kernel.observability.spans import EventRecord
from kernel.observability.tracing import Trace, running_trace, tracing

EXPORTED = {
    "http.method",
    "http.route",
    "http.status_code",
    "http.request.method",
    "http.response.status_code",
    "db.system",
    "db.statement",
    "library.event",
    "library.event_id",
    "library.handler",
    "library.count",
}
"""The attributes that are exported. URLs, user agents and the texts of errors may name people."""


def _send_the_rest_at_the_end(provider: TracerProvider) -> None:
    Finalize(None, provider.shutdown, exitpriority=1)  # processes that multiprocessing forks end without `atexit`


class Telemetry:
    """The spans of this process. `service` is `web` or `worker`."""

    def __init__(self, service: str) -> None:
        provider = TracerProvider(
            resource=Resource.create({SERVICE_NAME: f"library-{service}"}), id_generator=CorrelationIds()
        )
        provider.sampler = NoStrayQueries(provider.sampler)
        provider.add_span_processor(BatchSpanProcessor(RedactingExporter(OTLPSpanExporter())))
        DjangoInstrumentor().instrument(tracer_provider=provider, middleware_position=1)
        PsycopgInstrumentor().instrument(tracer_provider=provider)
        _send_the_rest_at_the_end(provider)
        register_after_fork(provider, _send_the_rest_at_the_end)  # which forgets it
        self._tracer = provider.get_tracer("library")

    def note_route(self, route: str) -> None:
        """For a view that Django's middleware for views does not come by."""
        get_current_span().set_attribute("http.route", route)

    @contextmanager
    def publishing(self, name: str, count: int) -> Iterator[None]:
        """One span, within the one in force."""
        attributes: Attributes = {"library.event": name, "library.count": count}
        with self._tracer.start_as_current_span(f"publish {name}", kind=SpanKind.PRODUCER, attributes=attributes):
            yield

    @contextmanager
    def delivering(self, handler: str, records: Sequence[EventRecord]) -> Iterator[None]:
        """A span for each event. Queries made for all of them are shown in the first."""
        spans = [self._begin(handler, record) for record in records]
        try:
            with use_span(spans[0], record_exception=False, set_status_on_exception=False):
                yield
        except Exception:
            for span in spans:
                span.set_status(StatusCode.ERROR)
            raise
        finally:
            for span in spans:
                span.end()

    def _begin(self, handler: str, record: EventRecord) -> Span:
        attributes: Attributes = {
            "library.event": record.name,
            "library.event_id": str(record.uuid),
            "library.handler": handler,
        }
        with tracing(Trace(record.correlation_id, record.uuid)):
            return self._tracer.start_span(
                f"deliver {record.name} to {handler}", context=Context(), kind=SpanKind.CONSUMER, attributes=attributes
            )


class CorrelationIds(RandomIdGenerator):
    """A trace has the correlation id of the events that are published in it."""

    def generate_trace_id(self) -> int:
        """The correlation id in force, or a random one."""
        trace = running_trace()
        return trace.correlation_id.int if trace else super().generate_trace_id()


class NoStrayQueries(Sampler):
    """Drops database queries outside of a request or a delivery: a worker polls many times a second.

    For the rest another sampler decides, the one that OTEL_TRACES_SAMPLER names.
    """

    def __init__(self, others: Sampler) -> None:
        self._others = others

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        *args: object,
        **kwargs: object,
    ) -> SamplingResult:
        """Whether the span is recorded."""
        if kind == SpanKind.CLIENT and not get_current_span(parent_context).get_span_context().is_valid:
            return SamplingResult(Decision.DROP)
        return self._others.should_sample(parent_context, trace_id, name, kind, *args, **kwargs)  # type: ignore[arg-type]

    def get_description(self) -> str:
        """How it is named."""
        return f"NoStrayQueries{{{self._others.get_description()}}}"


class RedactingExporter(SpanExporter):
    """Exports spans with the attributes in `EXPORTED` only."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Sends them."""
        return self._exporter.export([_redacted(span) for span in spans])

    def shutdown(self) -> None:
        """Sends nothing more."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Sends what is left."""
        return self._exporter.force_flush(timeout_millis)


def _redacted(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={name: value for name, value in (span.attributes or {}).items() if name in EXPORTED},
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )

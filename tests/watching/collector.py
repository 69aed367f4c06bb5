"""A little program that takes OpenTelemetry's spans, on a loopback port of its own."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Taken(NamedTuple):
    """A span that was sent."""

    service: str
    trace: str
    name: str
    attributes: dict[str, str]


@dataclass
class Spans:
    """All that were sent, and the very bytes."""

    url: str = ""
    taken: list[Taken] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    def of(self, trace: str) -> list[Taken]:
        """The spans of one trace."""
        return [span for span in self.taken if span.trace == trace.replace("-", "")]

    def take(self, body: bytes) -> None:
        """Takes in what one call sends."""
        self.sent.append(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            named = {each.key: each.value.string_value for each in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    told = {each.key: each.value.string_value for each in span.attributes}
                    self.taken.append(Taken(named["service.name"], span.trace_id.hex(), span.name, told))


@contextmanager
def collecting() -> Iterator[Spans]:
    """A receiver that is gone when the block ends."""
    spans = Spans()

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            spans.take(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    spans.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield spans
    finally:
        server.shutdown()
        server.server_close()

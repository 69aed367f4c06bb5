"""Another library's catalogue, on a loopback port of its own."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

RECORD = """<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 c 4500</leader>
<datafield tag="020" ind1=" " ind2=" ">
<subfield code="a">{isbn}</subfield><subfield code="g">03810</subfield></datafield>
<datafield tag="056" ind1=" " ind2=" ">
<subfield code="a">813.62</subfield><subfield code="2">6</subfield></datafield>
<datafield tag="090" ind1=" " ind2=" ">
<subfield code="a">813.62</subfield><subfield code="b">한12ㅊ</subfield></datafield>
<datafield tag="245" ind1="1" ind2="0">
<subfield code="a">{title}</subfield><subfield code="d">한강 지음</subfield></datafield>
<datafield tag="260" ind1=" " ind2=" ">
<subfield code="b">창비</subfield><subfield code="c">2007</subfield></datafield>
<datafield tag="700" ind1="1" ind2=" ">
<subfield code="a">한강</subfield></datafield></record>"""
WRAPPER = """<?xml version="1.0"?><searchRetrieveResponse xmlns="http://www.loc.gov/zing/srw/"><version>1.1</version>
<numberOfRecords>{count}</numberOfRecords><records>{records}</records></searchRetrieveResponse>"""


def sru(*records: str) -> bytes:
    """An answer with these records."""
    wrapped = [f"<record><recordPacking>xml</recordPacking><recordData>{one}</recordData></record>" for one in records]
    return WRAPPER.format(count=len(records), records="".join(wrapped)).encode()


class OtherLibrary:
    """Answers every question with `body` and `status`, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.body, self.status = b"", 200
        self.headers: dict[str, str] = {}
        self.byte_by_byte = threading.Event()
        self.port, self.scheme = 0, "http"

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://localhost:{self.port}/books?key=secret"


@contextmanager
def other_library(context: ssl.SSLContext | None = None) -> Iterator[OtherLibrary]:
    """Another library that is gone when the block ends; by TLS where it has a certificate."""
    library, closed = OtherLibrary(), threading.Event()

    class Catalogue(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            library.asked.append(dict(parse_qsl(urlsplit(self.path).query)))
            self.send_response(library.status)
            for name, value in library.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if library.byte_by_byte.is_set():
                while not closed.wait(0.05):
                    self.wfile.write(b" ")
            else:
                self.wfile.write(library.body)

        def log_message(self, *args: Any) -> None:
            """In silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Catalogue)
    server.daemon_threads = True
    library.port = server.server_port
    if context:
        library.scheme, server.socket = "https", context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield library
    finally:
        closed.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)

"""A little program that takes webhooks, on a loopback port of its own."""

import base64
import hashlib
import hmac
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Keeps what it is sent, and answers with `answers`: a status, 0 to hang up without one, or a function that returns
    it; and with a `body`."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.answers: Any = 204
        self.headers: dict[str, str] = {}
        self.body = b""
        self.connections = 0
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hooks?from=library"

    @property
    def ids(self) -> list[str]:
        """The ids of the messages, in the order in which they came."""
        return [headers["webhook-id"] for headers, _ in self.taken]

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The bodies of the messages."""
        return [json.loads(body) for _, body in self.taken]


def verified(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """Checks a message as the specification of Standard Webhooks says, on its own."""
    key = base64.b64decode(secret.split("_")[1])
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}"
    mine = base64.b64encode(hmac.new(key, content.encode(), hashlib.sha256).digest()).decode()
    return any(one == f"v1,{mine}" for one in headers["webhook-signature"].split(" "))


@contextmanager
def receiving(protocol: str = "HTTP/1.0", tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver that is gone when the block ends. By HTTP/1.1 connections are kept; with `tls` they are encrypted."""
    receiver = Receiver()

    class Taker(BaseHTTPRequestHandler):
        protocol_version = protocol

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = receiver.answers() if callable(receiver.answers) else receiver.answers
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def process_request(self, *request: Any) -> None:
            receiver.connections += 1
            super().process_request(*request)

        def handle_error(self, *request: Any) -> None:
            pass  # such as a caller who does not trust it

    server = Server(("127.0.0.1", 0), Taker)
    receiver.port = server.server_port
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def dripping(over: threading.Event) -> Iterator[int]:
    """The port of a server that answers a byte at a time until it is over: never silent, never done."""
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        with suppress(OSError):
            taken, _ = server.accept()
            with taken:
                while not over.wait(0.1):
                    taken.send(b"H")

    threading.Thread(target=drip, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        over.set()
        server.close()

"""A light HTTP client: keep-alive, requests written beforehand, and no more parsing than a status and a length."""

import json
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Self

TIMEOUT = 30
LOST = 0
"""The status of a request whose connection broke."""


@dataclass(frozen=True)
class Request:
    """One call, ready to be sent. `about` is the caller's own note."""

    wire: bytes
    about: Any = None


@dataclass
class Load:
    """What came of a number of calls: per call its time in seconds and its status, with the bodies of good answers."""

    taken: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    good: list[tuple[Request, bytes]] = field(default_factory=list)
    elapsed: float = 0
    client_share: float = 0
    """Of one core, what this client used."""


def asking(method: str, path: str, token: str = "", body: object = None, about: Any = None) -> Request:
    """A request of the API."""
    content = b"" if body is None else json.dumps(body).encode()
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    head += [f"Authorization: Token {token}"] if token else []
    head += ["Content-Type: application/json", f"Content-Length: {len(content)}"] if method == "POST" else []
    return Request("\r\n".join([*head, "", ""]).encode() + content, about)


class Connection:
    """One connection to the web process, opened anew when it was lost."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = self._connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(self, request: Request) -> tuple[int, bytes]:
        """The answer's status and body; `LOST` when there was none."""
        try:
            self.socket.sendall(request.wire)
            return self._answer()
        except OSError:
            self.socket.close()
            self.socket = self._connect()
            return LOST, b""

    def _connect(self) -> socket.socket:
        connected = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connected

    def _answer(self) -> tuple[int, bytes]:
        received = self._more()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head, body = received[:end].lower(), received[end + 4 :]
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        return int(head[9:12]), body

    def _more(self) -> bytes:
        if part := self.socket.recv(65_536):
            return part
        raise ConnectionError("the server hung up")


def drive(port: int, requests: Iterator[Request], clients: int, seconds: float) -> Load:
    """So many clients at once, each taking the next request, until the time is over or there are no more.

    `requests` is taken from by several threads, so it is an iterator written in C, not a generator.
    """
    load = Load()
    began, used = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(_call, port, requests, began + seconds, load) for _ in range(clients)]
    for one in running:
        one.result()
    load.elapsed = time.perf_counter() - began
    load.client_share = (time.process_time() - used) / load.elapsed
    return load


def _call(port: int, requests: Iterator[Request], end: float, load: Load) -> None:
    with Connection(port) as connection:
        while (started := time.perf_counter()) < end and (request := next(requests, None)):
            status, body = connection.ask(request)
            load.taken.append(time.perf_counter() - started)
            load.statuses[status] += 1
            if status in (200, 201):
                load.good.append((request, body))

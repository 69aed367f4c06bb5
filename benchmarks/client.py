"""A light HTTP client: keep-alive, requests written beforehand, and no more parsing than a status and a length."""

import json
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
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

    @property
    def rate(self) -> float:
        """Good answers in a second."""
        return len(self.good) / self.elapsed

    def note(self, request: Request, seconds: float, status: int, body: bytes) -> None:
        """One more call."""
        self.taken.append(seconds)
        self.statuses[status] += 1
        if status in (200, 201):
            self.good.append((request, body))


def asking(method: str, path: str, token: str = "", body: object = None, about: Any = None) -> Request:
    """A request of the API."""
    content = b"" if body is None else json.dumps(body).encode()
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    head += [f"Authorization: Token {token}"] if token else []
    head += ["Content-Type: application/json", f"Content-Length: {len(content)}"] if method == "POST" else []
    return Request("\r\n".join([*head, "", ""]).encode() + content, about)


def bringing_back(borrow: Request, body: bytes) -> Request:
    """The return of the loan that was the answer to a borrow."""
    return asking("POST", f"/api/v1/loans/{json.loads(body)['id']}/return", borrow.about, {})


class Connection:
    """One connection to the web process, opened anew when it was lost."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = self._connect()
        self.received = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(self, request: Request) -> tuple[int, bytes]:
        """The answer's status and body; `LOST` when there was none."""
        try:
            self.send(request)
            while not (answer := self.receive()):
                pass
            return answer
        except OSError:
            self.socket.close()
            self.socket = self._connect()
            return LOST, b""

    def send(self, request: Request) -> None:
        """Sends the request. Raises `OSError`."""
        self.received = b""
        self.socket.sendall(request.wire)

    def receive(self) -> tuple[int, bytes] | None:
        """Takes what has come: the answer's status and body once it is whole. Raises `OSError`."""
        if not (part := self.socket.recv(65_536)):
            raise ConnectionError("the server hung up")
        self.received += part
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head, body = self.received[:end].lower(), self.received[end + 4 :]
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        return (int(head[9:12]), body) if len(body) >= length else None

    def _connect(self) -> socket.socket:
        connected = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connected


class Client:
    """One of many clients at once: it sends the next request when its last one was answered."""

    def __init__(self, port: int, requests: Iterator[Request], load: Load) -> None:
        self.connection, self.requests, self.load = Connection(port), requests, load

    def ask(self) -> bool:
        """Sends the next request; answers whether there was one."""
        if request := next(self.requests, None):
            self.request, self.started = request, time.perf_counter()
            self.connection.send(request)
        return request is not None

    def hear(self) -> bool:
        """Takes what has come; answers whether the call is over."""
        try:
            answer = self.connection.receive()
        except OSError:
            answer = LOST, b""
            self.connection = Connection(self.connection.port)
        if answer:
            self.load.note(self.request, time.perf_counter() - self.started, *answer)
        return answer is not None


def drive(port: int, requests: Iterator[Request], clients: int, seconds: float) -> Load:
    """So many clients at once, each taking the next request, until the time is over or there are no more.

    One thread looks after all of them: a thread for each cost three times as much of the core that the server needs.
    """
    load = Load()
    began, used = time.perf_counter(), time.process_time()
    with selectors.DefaultSelector() as selector:
        for client in [Client(port, requests, load) for _ in range(clients)]:
            if client.ask():
                selector.register(client.connection.socket, selectors.EVENT_READ, client)
        _go_on(selector, began + seconds)
    load.elapsed = time.perf_counter() - began
    load.client_share = (time.process_time() - used) / load.elapsed
    return load


def _go_on(selector: selectors.BaseSelector, end: float) -> None:
    while selector.get_map():
        if not (heard := selector.select(TIMEOUT)):
            raise TimeoutError(f"{len(selector.get_map())} calls were not answered within {TIMEOUT} s")
        for key, _ in heard:
            client = key.data
            if client.hear():
                selector.unregister(key.fileobj)
                if time.perf_counter() < end and client.ask():
                    selector.register(client.connection.socket, selectors.EVENT_READ, client)

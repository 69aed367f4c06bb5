"""One POST to an address that is not trusted: checked, bounded in time, and never redirected."""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias
from urllib.parse import SplitResult

from kernel.outgoing.addresses import parts_of, port_of, resolved
from kernel.outgoing.deadlines import cut_at
from kernel.outgoing.failures import as_kept
from kernel.refusals import Refused
from kernel.waiting import waiting

TIMEOUT = 10.0
"""Seconds from the first packet to the end of the response's headers."""
Status: TypeAlias = tuple[int, str]
"""The status of a response, and what its header `Retry-After` says."""


@dataclass(frozen=True)
class Answer:
    """The outcome of a POST: a status, or an error as `failures` keeps it; `duration` in milliseconds.

    `retry_after` is what the receiver said in the header of that name.
    """

    status: int | None
    error: str
    duration: int
    retry_after: str = ""

    @property
    def is_success(self) -> bool:
        """Whether the receiver has accepted the message."""
        return self.status is not None and 200 <= self.status < 300


@waiting()
def answer_of(exchange: Callable[[float], Status]) -> Answer:
    """What an exchange, which is told when it must end by the monotonic clock, came to and how long it took."""
    started = time.perf_counter()
    status, error, retry_after = None, "", ""
    try:
        status, retry_after = exchange(time.monotonic() + TIMEOUT)
    except (Refused, OSError, http.client.HTTPException) as failure:
        error = as_kept(failure)
    return Answer(status, error, round((time.perf_counter() - started) * 1_000), retry_after)


def connect(url: str, deadline: float) -> http.client.HTTPConnection:
    """A connection to the first address of its host that accepts one: these were checked, and the name is not looked up
    again. Raises `Refused`, and `OSError`."""
    parts = parts_of(url)
    connection = http.client.HTTPConnection(parts.hostname or "", port_of(parts))
    connection.auto_open = 0  # which would look it up
    connection.sock = _socket(resolved(parts.hostname or "", port_of(parts)), parts, deadline)
    return connection


def send(
    connection: http.client.HTTPConnection, url: str, body: bytes, headers: Mapping[str, str], deadline: float
) -> http.client.HTTPResponse:
    """Sends the body; the response's head. Raises `OSError` and `HTTPException`."""
    parts = parts_of(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with cut_at(deadline, connection.sock, TIMEOUT):
        connection.request("POST", target, body, {**headers, "Host": parts.netloc})
        return connection.getresponse()


def status_of(response: http.client.HTTPResponse) -> Status:
    """The status, and when to come again."""
    return response.status, response.headers.get("Retry-After", "")


def _socket(addresses: list[str], parts: SplitResult, deadline: float) -> socket.socket:
    for address in addresses:
        with suppress(OSError):
            left = max(deadline - time.monotonic(), 0.1)
            plain = socket.create_connection((address, port_of(parts)), left / len(addresses))
            plain.settimeout(TIMEOUT)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or the body waits 40 ms behind the headers
            if parts.scheme == "http":
                return plain
            # The handshake comes with the first bytes, under the deadline.
            return tls_context().wrap_socket(plain, server_hostname=parts.hostname, do_handshake_on_connect=False)
    raise ConnectionError(f"no connection to {parts.hostname}")


@cache
def tls_context() -> ssl.SSLContext:
    """It trusts the authorities of this machine. To read them takes longer than a handshake, so
    it is done once in a process."""
    return ssl.create_default_context()

"""One POST to an address that is not trusted: checked, bounded in time, and never redirected."""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult

from kernel.outgoing.addresses import parts_of, port_of, resolved
from kernel.outgoing.deadlines import cut_at
from kernel.outgoing.failures import as_kept
from kernel.refusals import Refused

TIMEOUT = 10.0
"""Seconds from the first packet to the end of the response's headers."""


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


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Sends the body and waits for the status and the headers, at most `TIMEOUT` seconds.

    Redirects are not followed, and the body of the response is not read. A failure of the network is an `Answer` too.
    """
    started = time.perf_counter()
    status, error, retry_after = None, "", ""
    try:
        status, retry_after = _exchange(url, body, headers)
    except (Refused, OSError, http.client.HTTPException) as failure:
        error = as_kept(failure)
    return Answer(status, error, round((time.perf_counter() - started) * 1_000), retry_after)


def _exchange(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    parts = parts_of(url)
    addresses = resolved(parts.hostname or "", port_of(parts))
    deadline = time.monotonic() + TIMEOUT
    connection = http.client.HTTPConnection(parts.hostname or "", port_of(parts))
    connection.sock = _connected(addresses, parts, deadline)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with cut_at(deadline, connection.sock, TIMEOUT):
        connection.request("POST", target, body, {**headers, "Host": parts.netloc})
        response = connection.getresponse()
        return response.status, response.headers.get("Retry-After", "")


def _connected(addresses: list[str], parts: SplitResult, deadline: float) -> socket.socket:
    """A connection to the first address that accepts one: these were checked, and the name is not looked up again."""
    for address in addresses:
        with suppress(OSError):
            left = max(deadline - time.monotonic(), 0.1)
            plain = socket.create_connection((address, port_of(parts)), left / len(addresses))
            plain.settimeout(TIMEOUT)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or the body waits 40 ms behind the headers
            if parts.scheme == "http":
                return plain
            secured = ssl.create_default_context()  # the handshake comes with the first bytes, under the deadline
            return secured.wrap_socket(plain, server_hostname=parts.hostname, do_handshake_on_connect=False)
    raise ConnectionError(f"no connection to {parts.hostname}")

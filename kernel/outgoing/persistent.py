"""POSTs to one address over connections that are kept from one to the next (RFC 9112, 9.3): names are looked up, and
keys agreed, once for many."""

import http.client
import select
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import NamedTuple, TypeAlias

from kernel.outgoing.deadlines import cut_at
from kernel.outgoing.posting import Answer, Status, answer_of, connect, send, status_of

KEPT_FOR = 60.0
"""Seconds since it was made: then the name is looked up again."""
LARGEST = 64 * 1024
"""Bytes of a response that are read, so that the next one may follow. A longer one is the last of its connection."""
READ_FOR = 1.0
"""Seconds of that. What has been said by then is enough."""
DROPPED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


class _Kept(NamedTuple):
    connection: http.client.HTTPConnection
    until: float


Answered: TypeAlias = tuple[_Kept, http.client.HTTPResponse]


class PersistentConnections:
    """One for each thread that posts at the same moment. The receiver may close one whenever it likes: where it does so
    just when it is sent something, that is sent once more, so each needs an id by which a receiver knows it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free: list[_Kept] = []

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Sends the body and waits for the status and the headers, at most `posting.TIMEOUT` seconds, and then for what
        else there is of the response, which nobody is told and no duration has, a second at most.

        Redirects are not followed. A failure of the network is an `Answer` too.
        """
        answered: list[Answered] = []
        answer = answer_of(partial(self._exchange, answered, body, headers))
        for kept, response in answered:
            if _may_follow(response, kept.connection.sock):
                self._free.append(kept)
            else:
                kept.connection.close()
        return answer

    def close_old(self) -> bool:
        """Closes those that nobody should post over any more; whether others are left that nobody posts over."""
        kept = list(iter(self._open_one, None))
        self._free += kept
        return bool(kept)

    def close(self) -> None:
        """All that nobody posts over."""
        while kept := self._taken():
            kept.connection.close()

    def _exchange(self, answered: list[Answered], body: bytes, headers: Mapping[str, str], deadline: float) -> Status:
        if kept := self._open_one():
            with suppress(*DROPPED):
                return self._send(kept, answered, body, headers, deadline)
        made = _Kept(connect(self._url, deadline), time.monotonic() + KEPT_FOR)
        return self._send(made, answered, body, headers, deadline)

    def _send(
        self, kept: _Kept, answered: list[Answered], body: bytes, headers: Mapping[str, str], deadline: float
    ) -> Status:
        try:
            response = send(kept.connection, self._url, body, headers, deadline)
        except BaseException:
            kept.connection.close()
            raise
        answered.append((kept, response))
        return status_of(response)

    def _open_one(self) -> _Kept | None:
        while kept := self._taken():
            if time.monotonic() < kept.until and not _has_news(kept.connection.sock):
                return kept
            kept.connection.close()
        return None

    def _taken(self) -> _Kept | None:
        with suppress(IndexError):
            return self._free.pop()
        return None


def _may_follow(response: http.client.HTTPResponse, sock: socket.socket) -> bool:
    """Whether the connection is free for the next message: the response is a final one and has ended as it should,
    after what there is of it was read. Nobody asks what it says."""
    if response.will_close or response.status < http.client.OK or (response.length or 0) > LARGEST:
        return False
    if not response.isclosed():
        _acknowledge(sock)
        try:
            with cut_at(time.monotonic() + READ_FOR, sock, READ_FOR):
                response.read(LARGEST)
        except (OSError, http.client.HTTPException):
            return False
    return response.isclosed()


def _has_news(sock: socket.socket) -> bool:
    """Whether something came that nobody asked for: most often, that it was closed there."""
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return True
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _acknowledge(sock: socket.socket) -> None:
    """Some servers send a response's body only when its head has been acknowledged, which waits 40 ms on a connection
    that is some exchanges old. Linux can be asked not to wait."""
    if option := getattr(socket, "TCP_QUICKACK", None):
        sock.setsockopt(socket.IPPROTO_TCP, option, 1)

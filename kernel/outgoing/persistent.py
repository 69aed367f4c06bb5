"""POSTs to one address over connections that are kept from one to the next (RFC 9112, 9.3): names are looked up, and
keys agreed, once for many."""

import http.client
import select
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from kernel.outgoing.deadlines import cut_at
from kernel.outgoing.posting import Answer, Said, answer_of, asked, connected, said

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


class PersistentConnections:
    """One for each thread that posts at the same moment. The receiver may close one whenever it likes: where it does so
    just when it is sent something, that is sent once more, so each needs an id by which a receiver knows it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free: list[_Kept] = []

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Sends the body and waits for the status and the headers, at most `posting.TIMEOUT` seconds.

        Redirects are not followed, and nobody is told the response's body. A failure of the network is an `Answer` too.
        """
        return answer_of(partial(self._exchange, body, headers))

    def close_old(self) -> bool:
        """Closes those that nobody should post over any more; whether others are left that nobody posts over."""
        kept = list(iter(self._open_one, None))
        self._free += kept
        return bool(kept)

    def close(self) -> None:
        """All that nobody posts over."""
        while kept := self._taken():
            kept.connection.close()

    def _exchange(self, body: bytes, headers: Mapping[str, str], deadline: float) -> Said:
        if kept := self._open_one():
            with suppress(*DROPPED):
                return self._said(kept, body, headers, deadline)
        made = _Kept(connected(self._url, deadline), time.monotonic() + KEPT_FOR)
        return self._said(made, body, headers, deadline)

    def _said(self, kept: _Kept, body: bytes, headers: Mapping[str, str], deadline: float) -> Said:
        may_follow = False
        try:
            response = asked(kept.connection, self._url, body, headers, deadline)
            may_follow = not response.will_close and _is_read(response, kept.connection.sock, deadline)
            return said(response)
        finally:
            if may_follow:
                self._free.append(kept)
            else:
                kept.connection.close()

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


def _is_read(response: http.client.HTTPResponse, sock: socket.socket, deadline: float) -> bool:
    """Whether the response has ended, after what there is of it was read. Nobody asks what it says."""
    if not response.isclosed():
        _acknowledge(sock)
        with suppress(OSError, http.client.HTTPException), cut_at(min(deadline, time.monotonic() + READ_FOR), sock, 0):
            response.read(LARGEST)
    return response.isclosed()


def _has_news(sock: socket.socket) -> bool:
    """Whether something came that nobody asked for: most often, that it was closed there."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _acknowledge(sock: socket.socket) -> None:
    """Some servers send a response's body only when its head has been acknowledged, which waits 40 ms on a connection
    that is some exchanges old. Linux can be asked not to wait."""
    if option := getattr(socket, "TCP_QUICKACK", None):
        sock.setsockopt(socket.IPPROTO_TCP, option, 1)

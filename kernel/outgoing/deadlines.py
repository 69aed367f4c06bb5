"""The last moment of an exchange, whatever the other side sends."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def cut_at(deadline: float, sock: socket.socket, timeout: float) -> Iterator[None]:
    """Cuts the connection at the deadline: a receiver that sends a byte a second would evade every other timeout. It is
    left to the caller to close it.

    Raises `TimeoutError` then, which names the `timeout`.
    """
    timer = threading.Timer(max(deadline - time.monotonic(), 0), _cut, [sock])
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if time.monotonic() >= deadline:
            raise TimeoutError(f"no answer within {timeout:.0f} s") from error
        raise
    finally:
        timer.cancel()


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)

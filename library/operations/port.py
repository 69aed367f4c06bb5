"""`python -m library.operations.port`: exits 0 if the web process may listen at PORT of HOST, else 1 and says why not.

Two of our servers would share a port without a word, each with its own database, and answer by turns.
"""

import errno
import os
import socket
import sys
import time
from contextlib import suppress

HOST = "127.0.0.1"
LOOK_AGAIN = 0.1
ANSWERED_WITHIN = 1
BACKLOG = 1024
"""Connections that wait until a web process takes them."""


def refuse_taken_port(within: float = 0) -> None:
    """Ends the program with a sentence if the port is taken, and still is after so many seconds.

    Where the environment names no port, nothing is looked at.
    """
    if not (port := os.environ.get("PORT", "")):
        return
    if not port.isdecimal() or not 0 < int(port) < 1 << 16:
        sys.exit(f"PORT={port} is no port: choose one with PORT=, such as PORT=8000.")
    host = os.environ.get("HOST") or HOST
    deadline = time.monotonic() + within
    while why := _why_not(host, int(port)):
        if time.monotonic() >= deadline:
            sys.exit(f"{why}: choose another port with PORT=, such as PORT={_another(host, int(port))}.")
        time.sleep(LOOK_AGAIN)


def listen(within: float, processes: int) -> list[socket.socket]:
    """Listens at PORT of HOST, as soon as nobody else does, with a socket for each process, among which the system
    spreads connections; ends the program as above. Nothing where no port is named, or they could not be inherited."""
    refuse_taken_port(within)
    if not (port := os.environ.get("PORT", "")) or sys.platform != "linux":
        return []
    host, shared = os.environ.get("HOST") or HOST, processes > 1
    listeners = [_bound(host, int(port), shared) for _ in range(processes)]
    for listener in listeners:
        # As those that granian opens itself have it, and each connection from its listener. Without it the system keeps
        # an answer's body until the other side has acknowledged the head: 40 ms on a kept connection.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.listen(BACKLOG)
    return listeners


def _bound(host: str, port: int, shared: bool = False) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    one = socket.socket(family, kind)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # else what was closed a moment ago counts too
    if shared:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    one.bind(address)
    return one


def _why_not(host: str, port: int) -> str:
    """Why nobody can listen there alone; empty when it can be done."""
    try:
        _bound(host, port).close()
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            return f"Port {port} of {host} is taken"
        return f"Port {port} of {host} can't be listened at ({fault.strerror})"
    with suppress(OSError), socket.create_connection((_nearest(host), port), timeout=ANSWERED_WITHIN):
        return f"Port {port} of {host} is taken"
    return ""


def _nearest(host: str) -> str:
    """Where to ask for who listens at every address."""
    return {"0.0.0.0": HOST, "::": "::1"}.get(host, host)  # noqa: S104


def _another(host: str, port: int) -> int:
    """The next port that is free, or just the next."""
    after = range(port + 1, min(port + 100, 1 << 16))
    return next((other for other in after if not _why_not(host, other)), port + 1)


if __name__ == "__main__":
    refuse_taken_port()

"""A web server that says it is leaving before it closes its door.

Told to stop, this program makes the file that DRAINING_MARK names to the server: `/health/ready` answers 503, so that
proxies ask others, and whoever waits for events is answered. For so many SECONDS requests are served as before. Then
the server is told to stop, and answers all it has accepted. Told a second time, it stops at once.

A server whose first process was killed, or gave up, is replaced by another one, and what it forked serves until that
one does: its sockets are this program's (docs/decisions/0040).

The server's processes count into a folder of this program's, anew at each start: docs/decisions/0017.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory

from library.operations.web.server import TIMEOUT, Forked, Server

LOOK_AGAIN = 0.2


def serve(command: list[str], seconds: float, orders: SimpleQueue[int], listeners: Sequence[socket.socket] = ()) -> int:
    """Runs the server until an order comes; answers 0 if it ended as it was told to, and in time."""
    with TemporaryDirectory(prefix="library-web-") as folder:
        mark, figures = Path(folder) / "leaving", Path(folder) / "figures"
        figures.mkdir()
        counted = {"PROMETHEUS_MULTIPROC_DIR": str(figures)}
        environment = counted | os.environ | {"DRAINING_MARK": str(mark)}
        server, forked = Server(command, environment, listeners), Forked()
        while not _ordered(orders, LOOK_AGAIN):
            if server.can_be_replaced:
                _say("The web server's first process has ended. What it forked serves until another one does.")
                forked.adopt()
                server.wait()
                server = Server(command, environment, listeners)
            elif (status := server.status) is not None:
                return 128 - status if status < 0 else status or 1
            elif server.serves:
                forked.finish()
        mark.touch()
        _ordered(orders, seconds)
        for listener in listeners:
            listener.close()
        return _end(server, forked)


def _ordered(orders: SimpleQueue[int], within: float) -> bool:
    try:
        orders.get(timeout=within)
    except Empty:
        return False
    return True


def _end(server: Server, forked: Forked) -> int:
    server.terminate()
    forked.finish()
    try:
        status = server.wait(TIMEOUT)
        while forked.finish():
            time.sleep(LOOK_AGAIN)
        return 0 if status == -signal.SIGTERM else status  # before it could listen to that
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
        _say(f"The web server did not end within {TIMEOUT} s and was killed.")
        return 1


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)

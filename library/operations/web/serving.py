"""A web server that says it is leaving before it closes its door.

Told to stop, this program makes the file that DRAINING_MARK names to the server: `/health/ready` answers 503, so that
proxies ask others, and whoever waits for events is answered. For so many SECONDS requests are served as before. Then
the server is environment to stop, and answers all it has accepted. Told a second time, it stops at once.

The server's processes count into a folder of this program's, anew at each start: docs/decisions/0017.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory

from library.operations.orphans import end_with_parent

LOOK_AGAIN = 0.2
TIMEOUT = 22
"""Seconds that the server has to answer what it accepted; it ends its own processes within 20 (see the Procfile)."""


def serve(command: list[str], seconds: float, orders: SimpleQueue[int]) -> int:
    """Runs the server until an order comes; answers 0 if it ended as it was told to, and in time."""
    with TemporaryDirectory(prefix="library-web-") as folder:
        mark, figures = Path(folder) / "leaving", Path(folder) / "figures"
        figures.mkdir()
        counted = {"PROMETHEUS_MULTIPROC_DIR": str(figures)}
        environment = counted | os.environ | {"DRAINING_MARK": str(mark)}
        server = subprocess.Popen(command, env=environment, preexec_fn=lambda: end_with_parent(signal.SIGTERM))  # noqa: S603
        while not _ordered(orders, LOOK_AGAIN):
            if (status := server.poll()) is not None:
                return 128 - status if status < 0 else status or 1
        mark.touch()
        _ordered(orders, seconds)
        return _end(server)


def _ordered(orders: SimpleQueue[int], within: float) -> bool:
    try:
        orders.get(timeout=within)
    except Empty:
        return False
    return True


def _end(server: subprocess.Popen[bytes]) -> int:
    server.terminate()
    try:
        return server.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
        print(f"The web server did not end within {TIMEOUT} s and was killed.", file=sys.stderr, flush=True)
        return 1

"""One run of the web server: its first process, which loads the application, and those that it forks, which serve."""

import os
import signal
import socket
import time
from collections.abc import Sequence
from select import select

from library.operations.loaded_once.programs import start
from library.operations.orphans import children, end_with_parent

LISTENERS, LOADED = "WEB_LISTENERS", "WEB_LOADED"
"""In the environment these name descriptors: of the sockets to listen at, one a process, and of the pipe into which
the first process writes once all is loaded."""
LONG_ENOUGH = 5
"""Seconds after which a server that serves has no fault that another one would have from the beginning."""
TIMEOUT = 22
"""Seconds that a server has to answer what it accepted; it ends its own processes within 20 (see the Procfile)."""


class Server:
    """Runs from now on."""

    def __init__(self, command: list[str], environment: dict[str, str], listeners: Sequence[socket.socket]) -> None:
        self._loaded, loads = os.pipe()
        passed = [listener.fileno() for listener in listeners]
        self._process = start(
            command,
            lambda: end_with_parent(signal.SIGTERM),
            environment | {LISTENERS: " ".join(map(str, passed)), LOADED: str(loads)},
            [*passed, loads],
        )
        os.close(loads)
        self._serves_since = 0.0
        self.terminate, self.kill, self.wait = self._process.terminate, self._process.kill, self._process.wait

    @property
    def status(self) -> int | None:
        """With which that has ended; nothing while it runs."""
        return self._process.poll()

    @property
    def serves(self) -> bool:
        """Whether all is loaded, or was before it ended."""
        if not self._serves_since and select([self._loaded], [], [], 0)[0] and os.read(self._loaded, 1):
            self._serves_since = time.monotonic()
        return bool(self._serves_since)

    @property
    def can_be_replaced(self) -> bool:
        """Whether it has ended by no fault that another one would have as well: it was killed, or gave up after it had
        served for a while, as granian does when two of those that it forked are killed one soon after the other."""
        if (status := self.status) is None or not self.serves:
            return False
        return status < 0 or time.monotonic() - self._serves_since > LONG_ENOUGH


class Forked:
    """What first processes that were killed have forked."""

    def __init__(self) -> None:
        self._serving: set[int] = set()
        self._asked: dict[int, float] = {}

    def adopt(self) -> None:
        """They are this process's children now, and serve on."""
        self._serving |= children() - self._asked.keys()

    def finish(self) -> bool:
        """Asks them to answer what they accepted and to end then, and kills who does not; whether any is left."""
        for pid in self._serving:
            os.kill(pid, signal.SIGTERM)
            self._asked[pid] = time.monotonic() + TIMEOUT
        self._serving.clear()
        for pid, until in [*self._asked.items()]:
            if os.waitpid(pid, os.WNOHANG)[0]:
                del self._asked[pid]
            elif time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
        return bool(self._asked)

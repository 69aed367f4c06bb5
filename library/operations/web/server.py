"""One run of the web server: its first process, which loads the application, and those that it forks, which serve."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from select import select

from library.operations.orphans import children, end_with_parent

LISTENERS, LOADED = "WEB_LISTENERS", "WEB_LOADED"
"""In the environment these name descriptors: of the sockets to listen at, one a process, and of the pipe into which
the first process writes once all is loaded."""
TIMEOUT = 22
"""Seconds that a server has to answer what it accepted; it ends its own processes within 20 (see the Procfile)."""


class Server:
    """Runs from now on."""

    def __init__(self, command: list[str], environment: dict[str, str], listeners: Sequence[socket.socket]) -> None:
        self._loaded, loads = os.pipe()
        passed = [listener.fileno() for listener in listeners]
        self._process = subprocess.Popen(  # noqa: S603
            command,
            env=environment | {LISTENERS: " ".join(map(str, passed)), LOADED: str(loads)},
            pass_fds=[*passed, loads],
            preexec_fn=lambda: end_with_parent(signal.SIGTERM),
        )
        os.close(loads)
        self._serves = False
        self.terminate, self.kill, self.wait = self._process.terminate, self._process.kill, self._process.wait

    @property
    def status(self) -> int | None:
        """With which that has ended; nothing while it runs."""
        return self._process.poll()

    @property
    def serves(self) -> bool:
        """Whether all is loaded, or was before it ended."""
        if not self._serves and select([self._loaded], [], [], 0)[0]:
            self._serves = bool(os.read(self._loaded, 1))
        return self._serves

    @property
    def was_killed(self) -> bool:
        """Whether it ended by no fault that another one would have as well."""
        return self.serves and (self.status or 0) < 0


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

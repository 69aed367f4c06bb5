"""`python -m library.operations.web.preloaded …`: granian, whose first process loads the application and forks it.

So a process that was killed is back as soon as it is forked, and all share what was loaded. Whatever belongs to one
process alone begins after the fork (forks.py): threads, connections, files. The first process takes over the sockets
that operations.web listens at, and lets it know when all is loaded: docs/decisions/0040.
"""

import multiprocessing
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from granian import cli
from granian.server import mp as granian

from library.operations.loaded_once.programs import has_loaded, load
from library.operations.web import forks
from library.operations.web.server import LISTENERS, LOADED

SERVER = "Server"
"""What granian's command line runs."""


class Inheriting(granian.MPServer):
    """granian's server, whose processes listen at sockets that were opened before, each at its own.

    It shares a socket in the way that granian does elsewhere than on Linux.
    """

    descriptors: Sequence[int] = ()
    own: int

    def _init_shared_socket(self) -> None:
        self._ssp = self._sso = None
        os.register_at_fork(after_in_child=self._close_others)

    def _spawn_worker(self, idx: int, *loading: Any, **settings: Any) -> Any:
        self.own = self.descriptors[idx % len(self.descriptors)]
        self._shd: Any = import_module("granian.net").SocketHolder(self.own, False, self.backlog)
        return super()._spawn_worker(idx, *loading, **settings)

    def _close_others(self) -> None:
        """Else they would be open, and nobody would answer there, while this process ends."""
        for descriptor in {*self.descriptors} - {self.own}:
            os.close(descriptor)

    def _drop_shared_socket(self) -> None:
        for descriptor in self.descriptors:
            os.close(descriptor)


if __name__ == "__main__":
    if descriptors := os.environ.pop(LISTENERS, ""):
        Inheriting.descriptors = [*map(int, descriptors.split())]
        setattr(cli, SERVER, Inheriting)
    loaded = os.environ.pop(LOADED, "")
    if sys.platform == "linux":  # elsewhere each process loads for itself
        multiprocessing.set_start_method("fork", force=True)
        forks.prepare()
        if not has_loaded():
            sys.path.insert(0, "")
            load(sys.argv[-1].partition(":")[0])
    if loaded:
        os.write(int(loaded), b"!")
    cli.entrypoint()

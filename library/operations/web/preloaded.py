"""`python -m library.operations.web.preloaded …`: granian, whose first process loads the application and forks it.

So a process that was killed is back as soon as it is forked, and all share what was loaded. Whatever belongs to one
process alone begins after the fork (forks.py): threads, connections, files. The first process takes over the socket
that operations.web listens at, and lets it know when all is loaded: docs/decisions/0040.
"""

import gc
import multiprocessing
import os
import socket
import sys
from importlib import import_module
from typing import Any

from granian.cli import entrypoint
from granian.server import mp as granian

from library.operations.web import forks
from library.operations.web.server import LISTENER, LOADED

SOCKET = "_init_shared_socket"
"""What granian calls for its socket, before it forks: elsewhere than on Linux it shares one as well."""


def _listen_at(descriptor: int) -> None:
    def take_over(server: Any) -> None:
        server._ssp, server._shd = None, make_holder(descriptor, False, server.backlog)
        server._sso = socket.socket(fileno=descriptor)

    make_holder = import_module("granian.net").SocketHolder
    setattr(granian.MPServer, SOCKET, take_over)


def _load(target: str) -> None:
    gc.disable()  # nothing that is loaded is garbage
    sys.path.insert(0, "")
    __import__(target.partition(":")[0])
    gc.enable()


if __name__ == "__main__":
    if descriptor := os.environ.pop(LISTENER, ""):
        _listen_at(int(descriptor))
    loaded = os.environ.pop(LOADED, "")
    if sys.platform == "linux":  # elsewhere each process loads for itself
        multiprocessing.set_start_method("fork")
        forks.prepare()
        _load(sys.argv[-1])
    if loaded:
        os.write(int(loaded), b"!")
    entrypoint()

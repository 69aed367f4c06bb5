"""`python -m library.operations.web SECONDS COMMAND…`: a web server that serves on for SECONDS when told to stop.

It imports no settings and no Django: it stays beside the server for as long as that runs.
"""

import signal
import sys
from queue import SimpleQueue

from kernel.environment import Environment
from library.operations.orphans import adopt_orphans
from library.operations.port import listen
from library.operations.web.manifest import collect_static_files
from library.operations.web.serving import serve

GONE_WITHIN = 5
"""Seconds that a web process which was just killed has to leave the port to this one."""

if __name__ == "__main__":
    env = Environment()
    processes = env.whole("WEB_WORKERS", 1, least=1)  # the Procfile hands it on
    env.number("WEB_LEAVE", 0)  # an error where it is none
    adopt_orphans()
    listeners = listen(GONE_WITHIN, processes)
    orders: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: orders.put(number))  # a queue of this kind may be put into by a handler
    collect_static_files(env)
    sys.exit(serve(sys.argv[2:], float(sys.argv[1]), orders, listeners))

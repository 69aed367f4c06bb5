"""`python -m library.operations.web SECONDS COMMAND…`: a web server that serves on for SECONDS when told to stop."""

import signal
import sys
from queue import SimpleQueue

from library.operations.port import refuse_taken_port
from library.operations.static_files import collect_where_missing
from library.operations.web.serving import serve

GONE_WITHIN = 5
"""Seconds that a web process which was just killed has to leave the port to this one."""

if __name__ == "__main__":
    refuse_taken_port(GONE_WITHIN)
    orders: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: orders.put(number))  # a queue of this kind may be put into by a handler
    collect_where_missing()
    sys.exit(serve(sys.argv[2:], float(sys.argv[1]), orders))

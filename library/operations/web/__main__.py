"""`python -m library.operations.web SECONDS COMMAND…`: a web server that serves on for SECONDS when told to stop."""

import signal
import sys
from queue import SimpleQueue

from library.operations.static_files import collect_where_missing
from library.operations.web.serving import serve

if __name__ == "__main__":
    told: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: told.put(number))  # a queue of this kind may be put into by a handler
    collect_where_missing()
    sys.exit(serve(sys.argv[2:], float(sys.argv[1]), told))

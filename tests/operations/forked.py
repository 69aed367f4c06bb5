"""`python -m tests.operations.forked UNWANTED PASSED`: a program that tells what it finds of who forked it."""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

if __name__ == "__main__":
    unwanted, passed = map(int, sys.argv[1:])
    found = "closed"
    with suppress(OSError):
        os.fstat(unwanted)
        found = "open"
    stops = "default" if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL else "the parent's"
    name = Path("/proc/self/comm").read_text().strip()
    os.write(passed, f"{__name__} {os.environ['NAMED']} {name}: {found}, {stops}".encode())
    os.close(passed)
    if "LINGERS" in os.environ:
        time.sleep(600)
    sys.exit(7)

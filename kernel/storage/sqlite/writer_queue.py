"""The writer queue of a database file: first come, first served, for all threads of all processes.

The queue is nothing but locks on the bytes of an empty file beside the database. Whoever enters locks the byte whose
number is the time of entering, and may write when every byte before that one can be locked as well. The operating
system releases the locks of a process that dies, waiting or writing, so nothing is left over to be cleaned up.
"""

import fcntl
import os
import struct
import time
from contextlib import suppress

from django.db import OperationalError

MIN_PAUSE = 0.00005
MAX_PAUSE = 0.005
PAUSE_SHARE = 1 / 16
"""A pause is this share of the wait so far: whoever has waited long polls less often, and loses hardly any time."""
IS_SUPPORTED = hasattr(fcntl, "F_OFD_SETLK")
"""On other systems than Linux SQLite's own busy timeout has to do, which is not fair."""


class WriterQueue:
    """One connection's entry in the queue of the file at `path`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file = -1
        self._entered = 0

    def enter(self) -> None:
        """Queues behind everybody who entered before."""
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        while not self._lock(moment := time.monotonic_ns(), 1):
            pass
        self._entered = moment

    def wait(self, timeout: float) -> None:
        """Returns when everybody who entered before has left; until `leave` this connection is the only writer.

        Raises `OperationalError` after so many seconds, and leaves the queue.
        """
        while not self._lock(0, self._entered + 1):
            waited = (time.monotonic_ns() - self._entered) / 1e9
            if waited > timeout:
                self.leave()
                raise OperationalError(f"database is locked: {timeout} seconds in the writer queue were not enough")
            time.sleep(min(max(MIN_PAUSE, waited * PAUSE_SHARE), MAX_PAUSE))

    def leave(self) -> None:
        """Lets the next writer go on. Does nothing outside of the queue."""
        if self._file >= 0:
            with suppress(OSError):  # a process forked meanwhile has the file too, so that closing it is not enough
                fcntl.fcntl(self._file, fcntl.F_OFD_SETLK, flock(fcntl.F_UNLCK, 0, 0))
            os.close(self._file)
            self._file = -1

    def _lock(self, start: int, length: int) -> bool:
        try:
            fcntl.fcntl(self._file, fcntl.F_OFD_SETLK, flock(fcntl.F_WRLCK, start, length))
        except (BlockingIOError, PermissionError):  # the two ways in which systems report that it is locked
            return False
        return True


def flock(kind: int, start: int, length: int) -> bytes:
    """The operating system's `struct flock`."""
    return struct.pack("hhqqi4x", kind, os.SEEK_SET, start, length, 0)

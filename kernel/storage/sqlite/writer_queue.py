"""The writer queue of a database file: first come, first served, for all threads of all processes.

The queue is nothing but locks on the bytes of an empty file beside the database. Whoever enters locks the byte whose
number is the time of entering. Who is next, since no byte before that one is locked, locks byte 0 and writes. The
operating system releases the locks of a process that dies, waiting or writing, so nothing is left to be cleaned up.

Who goes first has a head start: a place before those who entered within the last second, so that nobody waits forever.
"""

import fcntl
import os
import struct
import time
from contextlib import suppress

from django.db import OperationalError

from kernel.waiting import waiting

MIN_PAUSE = 0.00005
MAX_PAUSE = 0.005
MAX_PAUSE_OF_NEXT = 0.0005
PAUSE_SHARE = 1 / 16
"""A pause is this share of the wait so far: whoever has waited long polls less often. The next in the queue polls often
all the same, so that the file does not lie idle between two writers."""
HEAD_START = 1_000_000_000
"""In nanoseconds."""
WRITER = 0
IS_SUPPORTED = hasattr(fcntl, "F_OFD_SETLK")
"""On other systems than Linux SQLite's own busy timeout has to do, which is not fair."""


class WriterQueue:
    """One connection's entry in the queue of the file at `path`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file = -1
        self._entered = self._place = 0

    def enter(self, first: bool = False) -> None:
        """Queues behind everybody who entered before; with a head start if it goes `first`."""
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        later = 0 if first else HEAD_START
        while not self._lock((moment := time.monotonic_ns()) + later):
            pass
        self._entered, self._place = moment, moment + later

    def wait(self, timeout: float) -> None:
        """Returns when everybody whose place is before has left; until `leave` this connection is the only writer.

        Raises `OperationalError` after so many seconds, and leaves the queue.
        """
        if not (self._is_next() and self._lock(WRITER)):
            with waiting():
                self._wait(timeout)

    def _wait(self, timeout: float) -> None:
        while not ((is_next := self._is_next()) and self._lock(WRITER)):
            waited = (time.monotonic_ns() - self._entered) / 1e9
            if waited > timeout:
                self.leave()
                raise OperationalError(f"database is locked: {timeout} seconds in the writer queue were not enough")
            time.sleep(min(max(MIN_PAUSE, waited * PAUSE_SHARE), MAX_PAUSE_OF_NEXT if is_next else MAX_PAUSE))

    def leave(self) -> None:
        """Lets the next writer go on. Does nothing outside of the queue."""
        if self._file >= 0:
            with suppress(OSError):  # a process forked meanwhile has the file too, so that closing it is not enough
                fcntl.fcntl(self._file, fcntl.F_OFD_SETLK, flock(fcntl.F_UNLCK, 0, 0))
            os.close(self._file)
            self._file = -1

    def _is_next(self) -> bool:
        first_found = fcntl.fcntl(self._file, fcntl.F_OFD_GETLK, flock(fcntl.F_WRLCK, WRITER + 1, self._place - 1))
        return struct.unpack_from("h", first_found) == (fcntl.F_UNLCK,)

    def _lock(self, byte: int) -> bool:
        try:
            fcntl.fcntl(self._file, fcntl.F_OFD_SETLK, flock(fcntl.F_WRLCK, byte, 1))
        except (BlockingIOError, PermissionError):  # the two ways in which systems report that it is locked
            return False
        return True


def flock(kind: int, start: int, length: int) -> bytes:
    """The operating system's `struct flock`."""
    return struct.pack("hhqqi4x", kind, os.SEEK_SET, start, length, 0)

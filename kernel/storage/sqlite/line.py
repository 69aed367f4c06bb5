"""The line before a database file's one writer: first come, first served, for all threads of all processes.

The line is nothing but locks on the bytes of an empty file beside the database. Whoever comes locks the byte whose
number is the moment of coming, and it is one's turn when everything before that byte can be locked as well. The
kernel lets go of the locks of whoever dies, waiting or writing, so nothing is ever left over that must be mended.
"""

import fcntl
import os
import struct
import time
from contextlib import suppress

from django.db import OperationalError

SHORTEST_NAP = 0.00005
LONGEST_NAP = 0.005
PART_OF_WAIT = 1 / 16
"""A nap is this part of the wait so far: whoever has waited long looks less often and is hardly later for it."""
IS_POSSIBLE = hasattr(fcntl, "F_OFD_SETLK")
"""Elsewhere than on Linux SQLite's own wait has to do, which is not fair."""


class Line:
    """The place of one connection in the line before the file of that name."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file = -1
        self._came = 0

    def come(self) -> None:
        """Stands in line behind everybody who came before."""
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        while not self._lock(moment := time.monotonic_ns(), 1):
            pass
        self._came = moment

    def wait(self, patience: float) -> None:
        """Returns when everybody who came before is done; nobody else has a turn then, until `leave`.

        Raises `OperationalError` after so many seconds, out of line.
        """
        while not self._lock(0, self._came + 1):
            waited = (time.monotonic_ns() - self._came) / 1e9
            if waited > patience:
                self.leave()
                raise OperationalError(f"database is locked: others were before us for {patience} seconds")
            time.sleep(min(max(SHORTEST_NAP, waited * PART_OF_WAIT), LONGEST_NAP))

    def leave(self) -> None:
        """Lets the next in line go on. Whoever is not in it may call it too."""
        if self._file >= 0:
            with suppress(OSError):  # a process forked meanwhile has the file too, so that closing it is not enough
                fcntl.fcntl(self._file, fcntl.F_OFD_SETLK, _bytes(fcntl.F_UNLCK, 0, 0))
            os.close(self._file)
            self._file = -1

    def _lock(self, start: int, length: int) -> bool:
        try:
            fcntl.fcntl(self._file, fcntl.F_OFD_SETLK, _bytes(fcntl.F_WRLCK, start, length))
        except (BlockingIOError, PermissionError):  # the two ways in which systems say that somebody has it
            return False
        return True


def _bytes(kind: int, start: int, length: int) -> bytes:
    """The system's `struct flock`."""
    return struct.pack("hhqqi4x", kind, os.SEEK_SET, start, length, 0)

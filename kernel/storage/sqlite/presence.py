"""Whether some process of this machine is at a work just now, told by a lock on an empty file beside the database.

The operating system releases the lock of a process that dies. Looking takes no lock, so that who looks is not seen.
"""

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from kernel.storage.sqlite.writer_queue import IS_SUPPORTED, flock


class Presence:
    """The work of the file at `path`. Without a path, and where the system has no such locks, nobody is seen at it."""

    def __init__(self, path: str | None) -> None:
        self._path = path if IS_SUPPORTED else None

    @property
    def can_be_seen(self) -> bool:
        """Whether somebody who is at the work is seen at it."""
        return self._path is not None

    @contextmanager
    def claimed(self) -> Iterator[bool]:
        """Whether this is the only one at the work, until the block ends; at once, and for threads too."""
        if self._path is None:
            yield True
            return
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            yield _lock(file)
        finally:
            with suppress(OSError):  # a process forked meanwhile has the file too, so that closing it is not enough
                fcntl.fcntl(file, fcntl.F_OFD_SETLK, flock(fcntl.F_UNLCK, 0, 0))
            os.close(file)

    def is_seen(self) -> bool:
        """Whether somebody is at the work."""
        if self._path is None or not os.path.exists(self._path):
            return False
        file = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        try:
            found = fcntl.fcntl(file, fcntl.F_OFD_GETLK, flock(fcntl.F_WRLCK, 0, 0))
        finally:
            os.close(file)
        return bool(struct.unpack("hhqqi4x", found)[0] != fcntl.F_UNLCK)


def _lock(file: int) -> bool:
    try:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, flock(fcntl.F_WRLCK, 0, 0))
    except (BlockingIOError, PermissionError):  # the two ways in which systems report that it is locked
        return False
    return True

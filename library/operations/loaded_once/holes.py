"""Free room between what was loaded, which forked processes had better leave alone.

A process that puts something there copies the whole page. So the room is taken before the first fork, for good: what
processes allocate for themselves lies in pages of their own, side by side.
"""

import ctypes
import platform

LARGEST, STEP = 4_096, 16
"""Bytes. Larger holes are filled by several pieces; all that the C library's allocator gives is a multiple of `STEP`"""


class _Figures(ctypes.Structure):
    """What `mallinfo2` answers; the last is the size of what is free at the end of the heap."""

    _fields_ = [(f"figure_{number}", ctypes.c_size_t) for number in range(9)] + [("end", ctypes.c_size_t)]


def take_free_room() -> None:
    """Of the C library's heap; nothing where that is another one's, or an old one."""
    system = ctypes.CDLL(None)
    if platform.libc_ver()[0] != "glibc" or not hasattr(system, "mallinfo2"):
        return
    system.mallinfo2.restype = _Figures
    system.malloc.argtypes, system.malloc.restype = [ctypes.c_size_t], ctypes.c_size_t
    system.sbrk.argtypes, system.sbrk.restype = [ctypes.c_ssize_t], ctypes.c_size_t
    end = system.sbrk(0) - system.mallinfo2().end
    for size in range(LARGEST, 0, -STEP):
        while system.malloc(size) < end:
            pass

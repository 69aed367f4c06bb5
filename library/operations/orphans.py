"""No process outlives the one that looks after it, where the system can see to that: Linux.

Elsewhere the watchers do it alone, by killing whole process groups.
"""

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
PR_SET_CHILD_SUBREAPER = 36
_parent = 0


def end_with_parent(number: int = signal.SIGKILL) -> None:
    """This process gets the signal as soon as the thread that started it is gone. A program put in its place too."""
    _prctl(PR_SET_PDEATHSIG, number)


def end_children_with_parent() -> None:
    """Whatever is forked from here on, children of children too, is killed as soon as its own parent is gone."""
    os.register_at_fork(before=_note_parent, after_in_child=_end_with_noted_parent)


def adopt_orphans() -> None:
    """What descends from this process and loses its parent becomes its child, and can be waited for."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def name_this_process(name: str) -> None:
    """Shows in `ps -e` and `top`; of what was forked they would show the program that forked it."""
    _prctl(PR_SET_NAME, name.encode())


def children() -> set[int]:
    """Those of this process that are at work, adopted ones too; none are found where there is no /proc."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent, *_ = stat.read_text().rpartition(")")[2].split()
            if int(parent) == os.getpid() and state != "Z":
                found.add(int(stat.parent.name))
    return found


def reap(besides: set[int]) -> bool:
    """Takes leave of adopted children that have ended; whether any child but those `besides` may still be at work."""
    if sys.platform != "linux":
        return False  # nobody is adopted there
    with suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if ended.si_pid in besides:
                return True
            os.waitpid(ended.si_pid, 0)
        return True
    return False


def _note_parent() -> None:
    global _parent
    _parent = os.getpid()


def _end_with_noted_parent() -> None:
    end_with_parent()
    if os.getppid() != _parent:  # it was gone before it could be named
        os.kill(os.getpid(), signal.SIGKILL)


def _prctl(option: int, value: int | bytes) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)

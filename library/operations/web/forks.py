"""The processes that serve, forked from one that has loaded all and serves nobody."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from library.operations.orphans import end_with_parent

FIRST_IS_GONE = signal.SIGUSR2
A_MOMENT = 0.01


@dataclass
class _Family:
    """The first process, and who started it; nobody where each process loads for itself."""

    first: int = 0
    watcher: int = 0


_family = _Family()


def prepare() -> None:
    """From here on this process only loads; those that it forks serve."""
    _family.first, _family.watcher = os.getpid(), os.getppid()
    os.register_at_fork(after_in_child=_begin)


def when_serving(start: Callable[[], object]) -> None:
    """Calls it in each process that serves: now, if this is one, else in those that are forked from it."""
    if _family.first == os.getpid():
        os.register_at_fork(after_in_child=start)
    else:
        start()


def _begin() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)  # asked to stop before it serves, it has nothing to finish
    signal.signal(FIRST_IS_GONE, _outlive_first)
    end_with_parent(FIRST_IS_GONE)
    if os.getppid() != _family.first:  # it was gone before the system knew
        _outlive_first()


def _outlive_first(*_: object) -> None:
    """Without the first process it serves on while the watcher is there, who adopts it and ends it in time."""
    while os.getppid() == _family.first:  # of its threads the one that forked ends first
        time.sleep(A_MOMENT)
    if os.getppid() != _family.watcher:
        os.kill(os.getpid(), signal.SIGTERM)

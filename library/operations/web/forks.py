"""The processes that serve, forked from one that has loaded all and serves nobody."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from library.operations.orphans import end_with_parent

FIRST_IS_GONE = signal.SIGUSR2
A_MOMENT = 0.01


@dataclass
class _Family:
    """The first process, and who started it; what begins in those that it forks. Where each process loads for itself,
    nobody is the first, and it begins at once."""

    first: int = 0
    watcher: int = 0
    only_loads: bool = False
    starts: list[Callable[[], object]] = field(default_factory=list)


_family = _Family()


def only_load() -> None:
    """What is loaded from here on is for other processes."""
    _family.only_loads = True


def prepare() -> None:
    """From here on this process only loads; those that it forks serve."""
    only_load()
    _family.first, _family.watcher = os.getpid(), os.getppid()
    os.register_at_fork(after_in_child=_begin)


def when_serving(start: Callable[[], object]) -> None:
    """Calls it in each process that serves: now, if this is one, else in those that are forked from it."""
    if _family.only_loads:
        _family.starts.append(start)
    else:
        start()


def _begin() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)  # asked to stop before it serves, it has nothing to finish
    signal.signal(FIRST_IS_GONE, _outlive_first)
    end_with_parent(FIRST_IS_GONE)
    if os.getppid() != _family.first:  # it was gone before the system knew
        _outlive_first()
    for start in _family.starts:
        start()


def _outlive_first(*_: object) -> None:
    """Without the first process it serves on while the watcher is there, who adopts it and ends it in time."""
    while os.getppid() == _family.first:  # of its threads the one that forked ends first
        time.sleep(A_MOMENT)
    if os.getppid() != _family.watcher:
        os.kill(os.getpid(), signal.SIGTERM)

"""Work in the background of a process that serves: it rests while the process' other threads have work.

Python's threads take turns at the interpreter and know no precedence. One that only computes takes a turn whenever
another one waits for the database or the network, and people who call meanwhile wait for each of them.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

TURN, REST = 0.001, 0.004
"""Seconds: so long it computes, and so long it rests then."""
Item = TypeVar("Item")
_is_background: ContextVar[bool] = ContextVar("is_background", default=False)


@contextmanager
def in_background() -> Iterator[None]:
    """What is done inside gives way to all else that this process does."""
    token = _is_background.set(True)
    try:
        yield
    finally:
        _is_background.reset(token)


class Turns:
    """Turns of one thread, by its own processor time and by that of its whole process."""

    def __init__(
        self,
        own: Callable[[], float] = time.thread_time,
        everybody: Callable[[], float] = time.process_time,
        rest: Callable[[float], object] = time.sleep,
    ) -> None:
        self._own, self._everybody, self._rest = own, everybody, rest
        self._began, self._began_of_all = own(), everybody()

    def end_one(self) -> None:
        """Rests if the turn is over and others have used more of the processor than this thread since the last one
        was. An idle process is made full use of, and where others are at work it is seen in the rest before."""
        own = self._own()
        if (used := own - self._began) < TURN:
            return
        everybody = self._everybody()
        others = everybody - self._began_of_all - used
        self._began, self._began_of_all = own, everybody
        if others > used:
            self._rest(REST)


def in_turns(items: Iterable[Item], turns_of: Callable[[], Turns] = Turns) -> Iterator[Item]:
    """The items. In the background it rests between two of them, when it is time for that."""
    if not _is_background.get():
        yield from items
        return
    turns = turns_of()
    for item in items:
        yield item
        turns.end_one()

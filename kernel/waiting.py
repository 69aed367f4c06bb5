"""Who waits for somebody else says so: a process that lets few requests work at once lets another one work meanwhile.

    with waiting():
        called.wait(timeout)

Where nobody counts what is at work, as in workers and commands, it does nothing.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Turn(Protocol):
    """That a thread is one of those at work."""

    def leave(self) -> None:
        """It waits: another one may work."""

    def come_back(self) -> None:
        """It works again, whoever does so besides."""


_threads = threading.local()


@contextmanager
def working(turn: Turn) -> Iterator[None]:
    """This thread has that turn inside."""
    _threads.turn = turn
    try:
        yield
    finally:
        _threads.turn = None


@contextmanager
def waiting() -> Iterator[None]:
    """This thread waits inside, and holds nobody up who does not wait for the same."""
    turn: Turn | None = getattr(_threads, "turn", None)
    if turn is None:
        yield
        return
    turn.leave()
    try:
        yield
    finally:
        turn.come_back()

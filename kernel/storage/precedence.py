"""Who goes first where many wait: in front of lending's slots, in SQLite's writer queue, before a crowd's next group.

Somebody stands at the desk with a copy in the hand; a crowd that borrows by itself can wait for a moment.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_goes_first: ContextVar[bool] = ContextVar("goes_first", default=False)
_going = threading.Condition()
_how_many = 0


def goes_first() -> bool:
    """Whether what is being done now goes first."""
    return _goes_first.get()


@contextmanager
def going_first() -> Iterator[None]:
    """What is done inside goes first."""
    token = _goes_first.set(True)
    _count(1)
    try:
        yield
    finally:
        _count(-1)
        _goes_first.reset(token)


def give_way(seconds: float) -> bool:
    """Waits until nothing in this process goes first, so long at the most; whether that is so."""
    with _going:
        return _going.wait_for(lambda: not _how_many, seconds)


def _count(more: int) -> None:
    global _how_many
    with _going:
        _how_many += more
        if not _how_many:
            _going.notify_all()

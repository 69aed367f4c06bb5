"""Who goes first where many wait: in front of lending's slots, and in SQLite's writer queue.

Somebody stands at the desk with a copy in the hand; a crowd that borrows by itself can wait for a moment.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_goes_first: ContextVar[bool] = ContextVar("goes_first", default=False)


def goes_first() -> bool:
    """Whether what is being done now goes first."""
    return _goes_first.get()


@contextmanager
def going_first() -> Iterator[None]:
    """What is done inside goes first."""
    token = _goes_first.set(True)
    try:
        yield
    finally:
        _goes_first.reset(token)

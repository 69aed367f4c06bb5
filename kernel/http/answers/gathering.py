"""Gathering: what waits at the same moment is done at once by one thread, and nobody else waits for it."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Call = TypeVar("Call")
logger = logging.getLogger(__name__)


class Gathering(Generic[Call]):
    """For any number of threads. `work` is called with at most `largest` of the calls that wait, in the order in which
    they came, by the thread whose call finds nobody at work; it goes on until none waits. It sees to it that each is
    answered. What it raises is logged, and those that came behind are answered all the same."""

    def __init__(self, work: Callable[[Sequence[Call]], object], largest: int) -> None:
        self._work, self._largest = work, largest
        self._waiting: deque[Call] = deque()
        self._lock = threading.Lock()
        self._is_at_work = False

    def add(self, call: Call) -> None:
        """Returns at once where another thread is at work, which takes up the call."""
        with self._lock:
            self._waiting.append(call)
            begins, self._is_at_work = not self._is_at_work, True
        while begins and (batch := self._next()):
            try:
                self._work(batch)
            except Exception:
                logger.exception("calls that wait were not answered")

    def _next(self) -> list[Call]:
        with self._lock:
            batch = [self._waiting.popleft() for _number in range(min(self._largest, len(self._waiting)))]
            self._is_at_work = bool(batch)
        return batch

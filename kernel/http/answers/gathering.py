"""Gathering: what waits at the same moment is done at once by one thread, and nobody else waits for it."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from typing import Generic, TypeVar

Call = TypeVar("Call")
SILENCE = 0.1
"""So much of what the last group took is waited without a call, and then nobody else comes back at once."""
LONGEST_SILENCE = 0.02
"""Seconds, whatever kept the last group."""
logger = logging.getLogger(__name__)


class Gathering(Generic[Call]):
    """For any number of threads. A thread of its own, begun with the first call by `make_ready`, calls `work` with at
    most `largest` of the calls that wait, in the order in which they came. `work` sees to it that each is answered.
    What either raises is logged, and those that came behind are answered all the same.

    Who was just answered often asks again at once. So many are waited for as were answered, as long as they come
    without a silence: half as many groups, each twice as large, take little more than half the time.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Call]], object],
        largest: int,
        *,
        make_ready: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = monotonic,
        longest_silence: float = LONGEST_SILENCE,
    ) -> None:
        self._work, self._largest, self._make_ready = work, largest, make_ready
        self._clock, self._longest_silence = clock, longest_silence
        self._waiting: deque[Call] = deque()
        self._came = threading.Condition()
        self._thread: threading.Thread | None = None  # begun in a process that serves, which is forked from another

    def add(self, call: Call) -> None:
        """Returns at once; the call is taken up."""
        with self._came:
            self._waiting.append(call)
            self._came.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="gathering", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        self._try(self._make_ready)
        answered, took = 0, 0.0
        while True:
            batch = self._next(answered, min(took * SILENCE, self._longest_silence))
            answered, began = len(batch), self._clock()
            self._try(partial(self._work, batch))
            took = self._clock() - began

    @staticmethod
    def _try(work: Callable[[], object]) -> None:
        """The thread goes on whatever fails: without it nobody would be answered any more."""
        try:
            work()
        except Exception:
            logger.exception("calls that wait may not be answered")

    def _next(self, answered: int, silence: float) -> list[Call]:
        with self._came:
            if not self._came.wait_for(lambda: self._waiting, silence):
                answered = 0
                self._came.wait_for(lambda: self._waiting)
            self._wait_for(min(self._largest, len(self._waiting) + answered), silence)
            return [self._waiting.popleft() for _number in range(min(self._largest, len(self._waiting)))]

    def _wait_for(self, many: int, silence: float) -> None:
        there = 0
        while there < len(self._waiting) < many:
            there = len(self._waiting)
            self._came.wait(silence)

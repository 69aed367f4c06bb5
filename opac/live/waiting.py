"""Polls that are answered as soon as there is news, while no thread of theirs waits."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.db import connections

from kernel.http.draining import is_draining
from lending.stock.availability import Stock
from opac.live.snapshot import Snapshot

LONGEST = 20.0
"""Seconds that a poll waits, under the timeouts of proxies."""
MOST = 5_000
"""Polls that wait at once in a process."""
A_MOMENT = 0.02
"""Seconds, while somebody else reads the books."""


class Poll(NamedTuple):
    """By a page that shows this of its books, nothing yet of some. `answer` is called once."""

    shown: Mapping[int, Stock | None]
    answer: Callable[[], None]


class Waiting:
    """The polls of one process that wait. As long as there are any, a thread has the books read and looks for news."""

    _lock: threading.Lock
    _polls: list[tuple[float, Poll]]
    _thread: threading.Thread | None

    def __init__(self, snapshot: Snapshot, clock: Callable[[], float] = time.monotonic) -> None:
        self._snapshot, self._clock = snapshot, clock
        self.forget()

    def forget(self) -> None:
        """As if nobody waited. To be called after a fork."""
        self._lock, self._polls, self._thread = threading.Lock(), [], None

    def answer(self, poll: Poll) -> None:
        """At once where there is news, too many wait, or the process was told to stop; otherwise later."""
        self._snapshot.look_at(poll.shown)
        if self._snapshot.has_news(poll.shown) or len(self._polls) >= MOST or is_draining():
            poll.answer()
            return
        with self._lock:
            self._polls.append((self._clock() + LONGEST, poll))
            if not (self._thread and self._thread.is_alive()):
                self._thread = threading.Thread(target=self._look, name="live stock", daemon=True)
                self._thread.start()

    def _look(self) -> None:
        pause = threading.Event()
        try:
            while self._answer_those_due():
                pause.wait(max(self._snapshot.due_in, A_MOMENT))
                self._snapshot.refresh()
        finally:
            connections.close_all()  # this thread's, which nobody would ever use again

    def _answer_those_due(self) -> bool:
        """False where nobody waits any more: then the thread ends."""
        now, is_over, due, left = self._clock(), is_draining(), list[Poll](), list[tuple[float, Poll]]()
        with self._lock:
            for until, poll in self._polls:
                if is_over or until <= now or self._snapshot.has_news(poll.shown):
                    due.append(poll)
                else:
                    left.append((until, poll))
            self._polls = left
            self._thread = self._thread if left or due else None
        for poll in due:
            poll.answer()
        return bool(left or due)

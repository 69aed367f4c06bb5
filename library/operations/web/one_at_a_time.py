"""Lanes of which one request is at work at a time, where no request waits for a database's server.

Python runs one thread at a time, but changes it wherever one calls SQLite, the index or the system: fifty times in a
request. With eight threads that all want to go on, these changes took half of the processor (docs/performance.md). So
what has come waits in memory, and one thread after the other works: until it is done, or has to wait for somebody
(kernel/waiting.py), or has worked for so long that others would notice.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from kernel.waiting import working
from library.operations.web.lanes import Lane, Lanes, Work

LONGEST = 0.02
"""Seconds that somebody works alone, at least; within as many more another one works as well."""


class _Turn:
    """Of one request that is at work."""

    def __init__(self, lanes: "OneAtATime") -> None:
        self._lanes, self.since = lanes, time.monotonic()
        self.counts, self.is_late = True, False

    def leave(self) -> None:
        """It waits: another one may work."""
        self._lanes.leave(self)

    def come_back(self) -> None:
        """It works again."""
        self._lanes.come_back(self)


class OneAtATime(Lanes):
    """Lanes whose work is done by threads of their own. Whoever has waited for somebody goes on at once, beside whoever
    works by then."""

    def __init__(self, threads: int, kept_for_desk: int) -> None:
        super().__init__(threads, kept_for_desk)
        self._turns, self._at_work, self._someone_waits = 1, set[_Turn](), threading.Event()
        self._pool = ThreadPoolExecutor(threads, "at-work")
        threading.Thread(target=self._watch, name="at-work-watch", daemon=True).start()

    def run(self, lane: Lane, work: Work) -> None:
        """Returns at once."""
        super().run(lane, work)
        if any(self._waiting.values()):
            self._someone_waits.set()

    def leave(self, turn: _Turn) -> None:
        """A turn that does not count until it comes back."""
        with self._lock:
            if not turn.counts:
                return
            self._forget(turn)
            next_one = self._next()
        if next_one:
            self._begin(*next_one)

    def come_back(self, turn: _Turn) -> None:
        """It counts again, unless it had worked for too long before."""
        with self._lock:
            if not (turn.is_late or turn.counts):  # it counts where one wait stood within another
                turn.counts, turn.since = True, time.monotonic()
                self._at_work.add(turn)
                self._turns -= 1

    def _begin(self, lane: Lane, work: Work) -> None:
        self._pool.submit(self._do, lane, work)

    def _work(self, work: Work) -> None:
        turn = _Turn(self)
        with self._lock:
            self._at_work.add(turn)
        try:
            with working(turn):
                work()
        finally:
            with self._lock:
                if turn.counts:
                    self._forget(turn)

    def _next(self) -> tuple[Lane, Work] | None:
        next_one = super()._next() if self._turns > 0 else None
        self._turns -= bool(next_one)
        return next_one

    def _forget(self, turn: _Turn) -> None:
        turn.counts = False
        self._at_work.discard(turn)
        self._turns += 1

    def _watch(self) -> None:
        while self._someone_waits.wait():
            time.sleep(LONGEST)
            self._pass_who_works_long(time.monotonic() - LONGEST)

    def _pass_who_works_long(self, since: float) -> None:
        begun = []
        with self._lock:
            for turn in [turn for turn in self._at_work if turn.since <= since]:
                turn.is_late = True
                self._forget(turn)
            while next_one := self._next():
                begun.append(next_one)
            if not any(self._waiting.values()):
                self._someone_waits.clear()
        for one in begun:
            self._begin(*one)

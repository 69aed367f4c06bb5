"""A bounded number of places, and a bounded line in front of them: first come, first served."""

import threading
from collections import deque


class NoPlace(Exception):
    """The line was full, or the wait in it too long."""


class Places:
    """So many may be at work at once, and so many wait in line. For any number of threads."""

    def __init__(self, at_once: int, in_line: int) -> None:
        self._at_once, self._longest = at_once, in_line
        self._line: deque[threading.Event] = deque()
        self._lock = threading.Lock()
        self.at_work = 0

    @property
    def in_line(self) -> int:
        """How many wait now."""
        return len(self._line)

    def take(self, patience: float) -> None:
        """Returns with a place, which the caller must `leave`, within so many seconds. Raises `NoPlace`."""
        with self._lock:
            if self.at_work < self._at_once:
                self.at_work += 1
                return
            if len(self._line) >= self._longest:
                raise NoPlace
            turn = threading.Event()
            self._line.append(turn)
        if not turn.wait(patience):
            self._give_up(turn)

    def leave(self) -> None:
        """Gives the place to whoever waits longest."""
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self.at_work -= 1

    def _give_up(self, turn: threading.Event) -> None:
        with self._lock:
            if turn.is_set():  # called up at the last moment
                return
            self._line.remove(turn)
        raise NoPlace

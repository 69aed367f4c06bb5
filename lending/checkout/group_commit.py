"""Whoever waits at the same moment is served at once: the first in line serves all, the others get their answers."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class _Ticket(Generic[Asked, Answer]):
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.called = threading.Event()
        self.served = False
        self.answer: Answer | None = None
        self.fault: BaseException | None = None


class Together(Generic[Asked, Answer]):
    """A line for any number of threads. `serve` is called by one thread at a time, with at most `most` of those who
    wait, in the order in which they came, and tells their answers in that order."""

    def __init__(self, serve: Callable[[Sequence[Asked]], Sequence[Answer]], most: int) -> None:
        self._serve, self._most = serve, most
        self._line: deque[_Ticket[Asked, Answer]] = deque()
        self._lock = threading.Lock()
        self._serving = False

    def ask(self, asked: Asked) -> Answer:
        """The answer. Raises what `serve` raised, to all whom it was serving."""
        ticket: _Ticket[Asked, Answer] = _Ticket(asked)
        with self._lock:
            self._line.append(ticket)
            serves, self._serving = not self._serving, True
        if not serves:
            ticket.called.wait()
        if not ticket.served:
            self._serve_next()
        if ticket.fault:
            raise ticket.fault
        return ticket.answer  # type: ignore[return-value]  # served without a fault, so it has one

    def _serve_next(self) -> None:
        """Serves the head of the line, ourselves the first of them, and calls up who serves the next."""
        with self._lock:
            some = [self._line.popleft() for _number in range(min(self._most, len(self._line)))]
        try:
            for ticket, answer in zip(some, self._serve([ticket.asked for ticket in some]), strict=True):
                ticket.answer = answer
        except BaseException as fault:
            for ticket in some:
                ticket.fault = fault
        finally:
            for ticket in some:
                ticket.served = True
            with self._lock:
                self._serving = bool(self._line)
                if self._line:
                    self._line[0].called.set()
            for ticket in some:
                ticket.called.set()

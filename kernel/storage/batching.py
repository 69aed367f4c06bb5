"""Batching: what several threads ask for at the same moment is done at once, by one of them."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from kernel.waiting import waiting

Call = TypeVar("Call")
Result = TypeVar("Result")


class _Member(Generic[Call, Result]):
    def __init__(self, call: Call) -> None:
        self.call = call
        self.asleep = threading.Lock()  # several times as cheap as an event
        self.asleep.acquire()
        self.done = False
        self.result: Result | None = None
        self.error: BaseException | None = None


class Batching(Generic[Call, Result]):
    """For any number of threads. `work` is called by one thread at a time, the leader, with at most `largest` of the
    waiting calls in the order in which they came, and returns their results in that order. It begins after each of
    its calls came."""

    def __init__(self, work: Callable[[Sequence[Call]], Sequence[Result]], largest: int) -> None:
        self._work, self._largest = work, largest
        self._waiting: deque[_Member[Call, Result]] = deque()
        self._lock = threading.Lock()
        self._has_leader = False

    def submit(self, call: Call) -> Result:
        """The call's result. Raises what `work` raised, to every member of that batch."""
        member: _Member[Call, Result] = _Member(call)
        with self._lock:
            self._waiting.append(member)
            leads, self._has_leader = not self._has_leader, True
        if not leads:
            with waiting():
                member.asleep.acquire()
        if not member.done:
            self._lead()
        if member.error:
            raise member.error
        return member.result  # type: ignore[return-value]  # done without an error, so it has one

    def _lead(self) -> None:
        """Does the work of the batch at the head of the queue, the leader's call in it, and wakes the next leader."""
        with self._lock:
            batch = [self._waiting.popleft() for _number in range(min(self._largest, len(self._waiting)))]
        try:
            for member, result in zip(batch, self._work([member.call for member in batch]), strict=True):
                member.result = result
        except BaseException as error:
            for member in batch:
                member.error = error
        finally:
            for member in batch:
                member.done = True
            with self._lock:
                self._has_leader = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].asleep.release()
            for member in batch[1:]:  # the first one is the leader
                member.asleep.release()

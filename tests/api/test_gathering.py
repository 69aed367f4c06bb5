"""What waits at the same moment is done by one thread, and the others go on."""

import threading
from collections.abc import Sequence
from itertools import count

import pytest

from kernel.http.answers.gathering import Gathering

AGES, LIMIT = 100.0, 10
"""Seconds that a group takes by the clock of some tests, and until a test fails."""


class Counter:
    """Serves when it is let; notes whom it served together."""

    def __init__(self, most: int = 100, takes: float = 0, longest_silence: float = AGES) -> None:
        self.gathering = Gathering(
            self.serve,
            most,
            make_ready=lambda: self.began_with.append(self.served),
            clock=(moment * takes for moment in count()).__next__,
            longest_silence=longest_silence,
        )
        self.began, self.may_go, self.ended = (threading.Semaphore(0) for _ in range(3))
        self.served: list[list[str]] = []
        self.began_with: list[list[list[str]]] = []

    def serve(self, names: Sequence[str]) -> None:
        """Takes its time."""
        self.served.append(list(names))
        self.began.release()
        assert self.may_go.acquire(timeout=LIMIT)
        self.ended.release()

    def add(self, *names: str) -> None:
        """One after the other."""
        for name in names:
            self.gathering.add(name)

    def wait_until_serving(self) -> None:
        """Until it has begun with the next ones."""
        assert self.began.acquire(timeout=LIMIT)

    def wait_until_served(self, times: int) -> None:
        """So many groups."""
        for _time in range(times):
            assert self.ended.acquire(timeout=LIMIT)


def test_who_comes_meanwhile_is_served_together_with_others_and_waits_for_nothing() -> None:
    counter = Counter(most=2)
    counter.add("Emma")
    counter.wait_until_serving()
    counter.add("Anne", "Fanny", "Jane")
    counter.may_go.release(3)
    counter.wait_until_served(3)
    assert counter.served == [["Emma"], ["Anne", "Fanny"], ["Jane"]]


def test_who_comes_after_all_are_served_is_served_by_the_same_thread() -> None:
    counter = Counter()
    counter.may_go.release(2)
    for name in ("Emma", "Anne"):
        counter.add(name)
        counter.wait_until_served(1)
    assert counter.served == [["Emma"], ["Anne"]]
    assert counter.began_with == [counter.served], "it was made ready once"


def test_who_was_answered_and_comes_again_at_once_is_served_together_with_who_waited() -> None:
    counter = Counter(takes=AGES)
    counter.add("Emma")
    counter.wait_until_serving()
    counter.add("Anne", "Fanny")
    counter.may_go.release(2)
    counter.wait_until_served(1)
    counter.add("Emma")
    counter.wait_until_served(1)
    assert counter.served == [["Emma"], ["Anne", "Fanny", "Emma"]]


def test_no_more_are_waited_for_than_are_served_together() -> None:
    counter = Counter(most=2, takes=AGES)
    counter.add("Emma")
    counter.wait_until_serving()
    counter.add("Anne", "Fanny")
    counter.may_go.release(2)
    counter.wait_until_served(2)
    assert counter.served == [["Emma"], ["Anne", "Fanny"]]


@pytest.mark.parametrize(("takes", "longest_silence"), [(0.01, AGES), (AGES, 0.001)])
def test_who_does_not_come_again_is_not_waited_for_long(takes: float, longest_silence: float) -> None:
    """Whether the group before took little, or was kept for ages."""
    counter = Counter(takes=takes, longest_silence=longest_silence)
    counter.add("Emma")
    counter.wait_until_serving()
    counter.add("Anne")
    counter.may_go.release(2)
    counter.wait_until_served(2)
    assert counter.served == [["Emma"], ["Anne"]]


def test_what_can_not_be_made_ready_keeps_nobody_from_being_served() -> None:
    done = threading.Event()

    def make_ready() -> None:
        raise ValueError("no room is ready")

    gathering = Gathering[str](lambda _names: done.set(), 1, make_ready=make_ready)
    gathering.add("Emma")
    assert done.wait(LIMIT)


def test_after_what_fails_the_others_are_served() -> None:
    served: list[str] = []
    done = threading.Event()

    def serve(names: Sequence[str]) -> None:
        if names[0] == "Emma":
            raise ValueError("Emma has no book")
        served.extend(names)
        if names[0] == "Jane":
            done.set()

    gathering = Gathering(serve, 1)
    for name in ("Emma", "Anne", "Jane"):
        gathering.add(name)
    assert done.wait(LIMIT)
    assert served == ["Anne", "Jane"]

"""What waits at the same moment is done together."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from kernel.storage.batching import Batching


class Desk:
    """Serves when it is let; notes whom it served together."""

    def __init__(self, most: int = 100) -> None:
        self.group = Batching(self.serve, most)
        self.began, self.may_go = threading.Semaphore(0), threading.Semaphore(0)
        self.served: list[list[str]] = []

    def serve(self, names: Sequence[str]) -> Sequence[str]:
        """Greets them, unless one of them is a thief."""
        self.served.append(list(names))
        self.began.release()
        assert self.may_go.acquire(timeout=10)
        if "thief" in names:
            raise PermissionError
        return [f"hello {name}" for name in names]


def waiting(pool: ThreadPoolExecutor, desk: Desk, *names: str) -> list[Future[str]]:
    """They come one after the other, each before the next."""
    answers = []
    for name in names:
        queued = len(desk.group._waiting)
        answers.append(pool.submit(desk.group.submit, name))
        while len(desk.group._waiting) == queued:
            pass
    return answers


def test_one_alone_is_served_at_once() -> None:
    desk = Desk()
    desk.may_go.release()

    assert desk.group.submit("Emma") == "hello Emma"


def test_those_who_wait_meanwhile_are_served_together_in_their_order() -> None:
    desk = Desk()
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(desk.group.submit, "Emma")
        assert desk.began.acquire(timeout=10)
        others = waiting(pool, desk, "Anne", "Fanny", "Jane")
        desk.may_go.release(2)
        assert [answer.result(10) for answer in (first, *others)] == [
            "hello Emma", "hello Anne", "hello Fanny", "hello Jane",
        ]  # fmt: skip
    assert desk.served == [["Emma"], ["Anne", "Fanny", "Jane"]]


def test_no_more_than_the_most_at_a_time() -> None:
    desk = Desk(most=2)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(desk.group.submit, "Emma")
        assert desk.began.acquire(timeout=10)
        others = waiting(pool, desk, "Anne", "Fanny", "Jane")
        desk.may_go.release(3)
        for answer in (first, *others):
            answer.result(10)
    assert desk.served == [["Emma"], ["Anne", "Fanny"], ["Jane"]]


def test_a_fault_is_told_to_all_whom_it_met_and_to_nobody_else() -> None:
    desk = Desk()
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(desk.group.submit, "Emma")
        assert desk.began.acquire(timeout=10)
        others = waiting(pool, desk, "Anne", "thief")
        desk.may_go.release(2)
        assert first.result(10) == "hello Emma"
        for answer in others:
            with pytest.raises(PermissionError):
                answer.result(10)
    desk.may_go.release()
    assert desk.group.submit("Jane") == "hello Jane"

"""What waits at the same moment is done by one thread, and the others go on."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from kernel.http.answers.gathering import Gathering


class Counter:
    """Serves when it is let; notes whom it served together."""

    def __init__(self, most: int = 100) -> None:
        self.gathering = Gathering(self.serve, most)
        self.began, self.may_go = threading.Semaphore(0), threading.Semaphore(0)
        self.served: list[list[str]] = []

    def serve(self, names: Sequence[str]) -> None:
        """Takes its time."""
        self.served.append(list(names))
        self.began.release()
        assert self.may_go.acquire(timeout=10)


def test_who_comes_meanwhile_is_served_together_with_others_and_waits_for_nothing() -> None:
    counter = Counter(most=2)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(counter.gathering.add, "Emma")
        assert counter.began.acquire(timeout=10)
        for name in ("Anne", "Fanny", "Jane"):
            counter.gathering.add(name)
        counter.may_go.release(3)
        first.result(10)
    assert counter.served == [["Emma"], ["Anne", "Fanny"], ["Jane"]]


def test_who_comes_after_all_are_served_begins_anew() -> None:
    counter = Counter()
    counter.may_go.release(2)
    for name in ("Emma", "Anne"):
        counter.gathering.add(name)
    assert counter.served == [["Emma"], ["Anne"]]


def test_after_what_fails_the_others_are_served_and_it_begins_anew() -> None:
    served: list[str] = []

    def serve(names: Sequence[str]) -> None:
        if names[0] == "Emma":
            gathering.add("Anne")
            raise ValueError("Emma has no book")
        served.extend(names)

    gathering = Gathering(serve, 1)
    for name in ("Emma", "Jane"):
        gathering.add(name)
    assert served == ["Anne", "Jane"]

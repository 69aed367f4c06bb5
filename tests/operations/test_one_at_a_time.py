"""Requests of a process without a database's server: one works at a time, and nobody is held up by who waits."""

import threading
from collections.abc import Iterator

import pytest

from kernel.waiting import waiting
from library.operations.web import one_at_a_time
from library.operations.web.lanes import Lane, _answer
from library.operations.web.one_at_a_time import OneAtATime
from tests.operations.test_lanes import Requests
from tests.processes import until

FOR_EVER = 3_600.0


@pytest.fixture
def alone(monkeypatch) -> Iterator[Requests]:
    """Requests of which nobody passes who works long."""
    monkeypatch.setattr(one_at_a_time, "LONGEST", FOR_EVER)
    some = Requests(OneAtATime(4, 1))
    yield some
    some.end_all()


def test_one_works_at_a_time_and_the_desk_comes_next(alone: Requests) -> None:
    for lane, name in ((Lane.CROWD, "look 0"), (Lane.CROWD, "look 1"), (Lane.DESK, "scan")):
        alone.come(lane, name)
    until(lambda: alone.at_work == ["look 0"])
    for ends, begun in (("look 0", "scan"), ("scan", "look 1")):
        alone.end(ends)
        until(lambda begun=begun: alone.at_work[-1] == begun)
    assert alone.at_work == ["look 0", "scan", "look 1"]


def test_while_one_waits_another_works_and_who_comes_back_goes_on_at_once(alone: Requests) -> None:
    lanes = alone._lanes
    may_come_back, is_back, may_end = threading.Event(), threading.Event(), threading.Event()

    def wait_for_somebody() -> None:
        with waiting():
            may_come_back.wait()
        is_back.set()
        may_end.wait()

    lanes.run(Lane.DESK, wait_for_somebody)
    for name in ("look 0", "look 1"):
        alone.come(Lane.CROWD, name)
    until(lambda: alone.at_work == ["look 0"])
    may_come_back.set()
    assert is_back.wait(30), "it waited for a look that works"
    alone.end("look 0")
    until(lambda: lanes._free == 3)
    assert alone.at_work == ["look 0"], "two would work then"
    may_end.set()
    until(lambda: alone.at_work == ["look 0", "look 1"])


def test_who_works_long_is_passed_by_the_others_and_works_on_beside_them() -> None:
    requests = Requests(OneAtATime(4, 1))
    requests.come(Lane.CROWD, "a report")
    for number in range(2):
        requests.come(Lane.DESK, f"scan {number}")
    until(lambda: {*requests.at_work} == {"a report", "scan 0", "scan 1"})
    requests.end_all()


def test_one_wait_may_stand_within_another(alone: Requests) -> None:
    def wait_twice() -> None:
        with waiting(), waiting():
            pass

    alone._lanes.run(Lane.CROWD, wait_twice)
    alone.come(Lane.CROWD, "look")
    until(lambda: alone.at_work == ["look"])


def test_work_that_breaks_keeps_no_turn(alone: Requests) -> None:
    def answer(*_request: object) -> None:
        raise SystemExit

    for _number in range(4):
        alone._lanes.run(Lane.CROWD, lambda: _answer(answer, Answers(), {}))
    alone.come(Lane.CROWD, "look")
    until(lambda: alone.at_work == ["look"])


class Answers:
    """What answers a request that nobody waits for any more."""

    def response_bytes(self, *_answer: object) -> None:
        """Fails."""
        raise ConnectionError


def test_who_was_passed_counts_no_more(alone: Requests) -> None:
    lanes = alone._lanes
    alone.come(Lane.CROWD, "a report")
    until(lambda: len(lanes._at_work) == 1)
    lanes._pass_who_works_long(FOR_EVER * 1e6)
    alone.come(Lane.CROWD, "look 0")
    until(lambda: alone.at_work == ["a report", "look 0"])
    alone.end("a report")
    alone.come(Lane.CROWD, "look 1")
    assert alone.at_work == ["a report", "look 0"], "the report's end gave a turn that it did not have"
    alone.end("look 0")
    until(lambda: alone.at_work[-1] == "look 1")


def test_who_was_passed_and_waits_then_does_not_count_either(alone: Requests) -> None:
    lanes = alone._lanes
    may_wait, is_back, may_end = threading.Event(), threading.Event(), threading.Event()

    def report() -> None:
        may_wait.wait()
        with waiting():
            pass
        is_back.set()
        may_end.wait()

    lanes.run(Lane.CROWD, report)
    until(lambda: len(lanes._at_work) == 1)
    lanes._pass_who_works_long(FOR_EVER * 1e6)
    may_wait.set()
    is_back.wait()
    alone.come(Lane.CROWD, "look")
    until(lambda: alone.at_work == ["look"])
    may_end.set()


def test_no_more_than_there_are_threads_wait_at_once(alone: Requests) -> None:
    may_end, waits = threading.Event(), []

    def wait_for_somebody() -> None:
        waits.append("one")
        with waiting():
            may_end.wait()

    for _number in range(5):
        alone._lanes.run(Lane.CROWD, wait_for_somebody)
    until(lambda: len(waits) == 3)
    alone.come(Lane.DESK, "scan")
    until(lambda: alone.at_work == ["scan"])
    assert len(waits) == 3
    may_end.set()
    alone.end("scan")
    until(lambda: len(waits) == 5)

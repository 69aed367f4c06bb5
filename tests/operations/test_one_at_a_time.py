"""Requests of a process without a database's server: one works at a time, and nobody is held up by who waits."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest
from django.db import OperationalError

from accounts.hashing import FewAtOnce
from catalog.search.index import writing
from kernel.eventbus.stream import long_poll as polling
from kernel.outgoing.fetching import NotFetchedError, fetch
from kernel.outgoing.posting import answer_of
from kernel.storage import retries
from kernel.storage.batching import Batching
from kernel.storage.retries import with_retries
from kernel.storage.sqlite.writer_queue import WriterQueue
from kernel.waiting import waiting, working
from lending.marks import queries
from lending.marks.queries import await_copy
from lending.overload.bulkhead import Bulkhead
from lending.overload.faults import faults_named
from library.operations.web import one_at_a_time
from library.operations.web.lanes import Lane, _answer
from library.operations.web.one_at_a_time import OneAtATime
from library.operations.web.readers import ManySlowSenders, Readers
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


def test_what_comes_is_read_whole_before_it_has_its_turn(alone: Requests) -> None:
    alone.come(Lane.CROWD, "look 0")
    assert alone.made_ready == ["look 0"]


def test_while_one_waits_another_works_and_who_comes_back_goes_on_at_once(alone: Requests) -> None:
    lanes = alone._lanes
    may_come_back, is_back, may_end = threading.Event(), threading.Event(), threading.Event()

    def wait_for_somebody() -> None:
        with waiting():
            may_come_back.wait()
        is_back.set()
        may_end.wait()

    lanes.run(Lane.DESK, wait_for_somebody, lambda: None)
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

    alone._lanes.run(Lane.CROWD, wait_twice, lambda: None)
    alone.come(Lane.CROWD, "look")
    until(lambda: alone.at_work == ["look"])


def test_work_that_breaks_keeps_no_turn(alone: Requests) -> None:
    def answer(*_request: object) -> None:
        raise SystemExit

    for _number in range(4):
        alone._lanes.run(Lane.CROWD, lambda: _answer(answer, Answers(), {}), lambda: None)
    alone.come(Lane.CROWD, "look")
    until(lambda: alone.at_work == ["look"])


class Answers:
    """What answers a request that nobody waits for any more."""

    def response_bytes(self, *_answer: object) -> None:
        """Fails."""
        raise ConnectionError


def test_while_some_send_slowly_the_others_do_not_wait_for_them() -> None:
    some, may_end, begun = Readers(2), threading.Event(), []

    def read() -> None:
        with some.reading():
            begun.append("one")
            may_end.wait()

    with ThreadPoolExecutor(2) as slow, ExitStack() as in_the_end:
        in_the_end.callback(may_end.set)
        for _number in range(2):
            slow.submit(read)
        until(lambda: len(begun) == 2)
        with pytest.raises(ManySlowSenders), some.reading():
            pass
    with some.reading():
        pass


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

    lanes.run(Lane.CROWD, report, lambda: None)
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
        alone._lanes.run(Lane.CROWD, wait_for_somebody, lambda: None)
    until(lambda: len(waits) == 3)
    alone.come(Lane.DESK, "scan")
    until(lambda: alone.at_work == ["scan"])
    assert len(waits) == 3
    may_end.set()
    alone.end("scan")
    until(lambda: len(waits) == 5)


class Turn:
    """One that counts how often a thread waited."""

    def __init__(self) -> None:
        self.left = self.back = 0

    def leave(self) -> None:
        """Counts."""
        self.left += 1

    def come_back(self) -> None:
        """Counts."""
        self.back += 1


def a_full_bulkhead(_folder: Path) -> None:
    """Waits for a slot."""
    bulkhead = Bulkhead(1, 1)
    bulkhead.acquire(0)
    threading.Timer(0.05, bulkhead.release).start()
    bulkhead.acquire(30)


def a_writer_before(folder: Path) -> None:
    """Waits for SQLite's writer."""
    first, second = WriterQueue(str(folder / "queue")), WriterQueue(str(folder / "queue"))
    first.enter()
    first.wait(30)
    second.enter()
    threading.Timer(0.05, first.leave).start()
    second.wait(30)
    second.leave()


def a_batch_of_another(_folder: Path) -> None:
    """Waits for a leader."""
    begun, may_end = threading.Event(), threading.Event()

    def work(calls: list[int]) -> list[int]:
        begun.set()
        may_end.wait()
        return calls

    batching: Batching[int, int] = Batching(work, 5)
    with ThreadPoolExecutor(1) as others:
        leader = others.submit(batching.submit, 1)
        begun.wait()
        threading.Timer(0.05, may_end.set).start()
        batching.submit(2)
        leader.result()


def a_slow_gateway(_folder: Path) -> None:
    """Waits for an answer that does not come."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        with pytest.raises(NotFetchedError):
            fetch(address, accept="*/*")


def _another_builds_the_index(folder: Path) -> None:
    """Waits a moment for whoever has the lock."""
    with writing(folder) as first, writing(folder, wait=0.001) as second:
        assert (first, second) == (True, False)


def _a_deadlock(_folder: Path) -> None:
    """Is resolved the second time."""
    deadlock = OperationalError()
    deadlock.__cause__ = psycopg.errors.DeadlockDetected()
    attempts = iter([deadlock, None])

    def work() -> None:
        if fault := next(attempts):
            raise fault

    with patch.object(retries.connections, "all", return_value=[]):  # outside of the test's transaction
        with_retries(work)


def _a_copy_that_is_not_known(_folder: Path) -> None:
    """Is looked for once more."""
    with patch.object(queries, "is_waiting_for", return_value=True), patch.object(queries, "LOOKS", 1):
        await_copy(0)


WAITS: dict[str, Callable[[Path], object]] = {
    "for a slot": a_full_bulkhead,
    "for the writer": a_writer_before,
    "for a batch": a_batch_of_another,
    "for a page": a_slow_gateway,
    "for an answer": lambda _folder: answer_of(lambda _end: (200, "")),
    "for news": lambda _folder: polling._poll_until(lambda: ["news"], FOR_EVER * 1e6),
    "for a hash": lambda _folder: FewAtOnce().encode("secret", "salt", 1),
    "for the index": _another_builds_the_index,
    "for a copy": _a_copy_that_is_not_known,
    "to try again": _a_deadlock,
    "on purpose": lambda _folder: faults_named("delay=1").strike_work(),
}


@pytest.mark.parametrize("what", WAITS)
@pytest.mark.django_db(databases="__all__")
def test_who_waits_says_so(what: str, tmp_path: Path) -> None:
    turn = Turn()
    with working(turn):
        WAITS[what](tmp_path)
    assert turn.left == turn.back == 1


def test_a_writer_who_is_alone_does_not_wait(tmp_path: Path) -> None:
    turn, queue = Turn(), WriterQueue(str(tmp_path / "queue"))
    with working(turn):
        queue.enter()
        queue.wait(30)
        queue.leave()
    assert not turn.left

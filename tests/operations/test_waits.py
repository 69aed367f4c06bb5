"""Whoever waits for somebody else says so, so that another request may work meanwhile."""

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
from kernel.waiting import working
from lending.marks import queries
from lending.marks.queries import await_copy
from lending.overload.bulkhead import Bulkhead
from lending.overload.faults import faults_named

FOR_EVER = 3_600.0


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

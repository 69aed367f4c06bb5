"""Requests in two lanes: a scan at the desk does not wait behind a crowd that fills a web process."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection
from select import select

import pytest
from django.db import connection, transaction

from library.operations.web.lanes import Lane, Lanes
from tests.bus import Bus
from tests.people import a_librarian, a_patron
from tests.processes import until
from tests.stories.test_reading_under_overload import call, web

SCAN = "/admin/desk/scan/"
BORROWS, SCANS = 5, 5
JSON = {"Content-Type": "application/json"}
STUCK = {"FAULTS": "delay=4000", "LENDING_PATIENCE": "60", "LENDING_SLOW": "60"}


class Requests:
    """Requests that are at work until they are let go."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes, self._threads = lanes, ThreadPoolExecutor(20)
        self._may_end: dict[str, threading.Event] = {}
        self.at_work: list[str] = []

    def come(self, lane: Lane, name: str) -> None:
        """One that begins, or waits without a thread."""
        self._may_end[name] = threading.Event()
        before = len(self.at_work)
        came = self._threads.submit(self._lanes.run, lane, partial(self._work, name))
        until(lambda: came.done() or len(self.at_work) > before)

    def end(self, name: str) -> None:
        """Lets it go."""
        self._may_end[name].set()

    def end_all(self) -> None:
        """Lets all go, also those that still wait."""
        for may_end in self._may_end.values():
            may_end.set()
        self._threads.shutdown()

    def _work(self, name: str) -> None:
        self.at_work.append(name)
        self._may_end[name].wait()


@pytest.fixture
def requests() -> Iterator[Requests]:
    """None yet; four threads, of which the crowd leaves one to the desk."""
    some = Requests(Lanes(4, 1))
    yield some
    some.end_all()


def test_the_crowd_leaves_a_thread_to_the_desk_and_the_desk_half_of_them_to_the_crowd(requests: Requests) -> None:
    for number in range(4):
        requests.come(Lane.CROWD, f"borrow {number}")
    requests.come(Lane.DESK, "scan 0")
    assert requests.at_work == ["borrow 0", "borrow 1", "borrow 2", "scan 0"]
    requests.end_all()
    assert requests.at_work[4:] == ["borrow 3"]


def test_the_desk_does_not_take_all(requests: Requests) -> None:
    for number in range(4):
        requests.come(Lane.DESK, f"scan {number}")
    requests.come(Lane.CROWD, "borrow")
    assert requests.at_work == ["scan 0", "scan 1", "borrow"]
    requests.end_all()
    assert sorted(requests.at_work[3:]) == ["scan 2", "scan 3"]


def test_whoever_ends_takes_up_a_scan_before_a_borrow_that_waits_longer(requests: Requests) -> None:
    for number in range(4):
        requests.come(Lane.CROWD, f"borrow {number}")
    requests.come(Lane.DESK, "scan 0")
    requests.come(Lane.DESK, "scan 1")
    requests.end("borrow 1")
    until(lambda: len(requests.at_work) > 4)
    assert requests.at_work[4:] == ["scan 1"]
    requests.end_all()
    assert requests.at_work[5:] == ["borrow 3"]


def borrow(port: int, token: str, book: int) -> HTTPConnection:
    """A borrow that was sent."""
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("POST", "/api/v1/loans", json.dumps({"book": book}), {"Authorization": token, **JSON})
    return line


@pytest.mark.django_db(transaction=True)
def test_a_scan_is_answered_while_more_people_borrow_than_there_are_threads() -> None:
    tokens = [a_patron(card_number=f"P-8{number}").authorization for number in range(BORROWS)]
    book = a_librarian().post("books", {"title": "광장", "copies": 9}).json()["id"]
    Bus().settle()
    with web(WEB_THREADS="4", **STUCK) as port:
        borrows = [borrow(port, token, book) for token in tokens[:2]]
        until(lambda: "library_lending_at_work 2.0" in (call(port, "/metrics") or (0, ""))[1])
        borrows += [borrow(port, token, book) for token in tokens[2:]]
        for _scan in range(SCANS):  # before the first ones all who borrow may not have come yet
            scan = call(port, SCAN)
            assert scan
            assert scan[0] == 302
            assert not select([one.sock for one in borrows], [], [], 0)[0], "somebody had borrowed before"
        assert [one.getresponse().status for one in borrows] == [201] * BORROWS
        for one in borrows:
            one.close()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one request works at a time where all is SQLite")
@pytest.mark.django_db(transaction=True)
def test_pages_are_answered_while_somebody_waits_for_the_one_writer() -> None:
    """The whole way; that who waits gives the turn away is tested in test_one_at_a_time."""
    headers = {"Authorization": a_patron(card_number="P-80").authorization, **JSON}
    book = a_librarian().post("books", {"title": "광장", "copies": 9}).json()["id"]
    Bus().settle()
    with web(WEB_THREADS="4") as port:
        with transaction.atomic():  # as a long import does
            changes = HTTPConnection("127.0.0.1", port, timeout=60)
            changes.request("PATCH", "/api/v1/me", json.dumps({"phone": "010-1234-5678"}), headers)
            for path in 3 * (f"/api/v1/books/{book}", f"/api/v1/books/{book}/availability"):
                assert (call(port, path) or (0, ""))[0] == 200
            assert not select([changes.sock], [], [], 0)[0], "it was changed beside another writer"
        assert changes.getresponse().status == 200
        changes.close()

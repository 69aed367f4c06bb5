"""A web process that is told to stop answers everything it accepted, and says first that others should be asked."""

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, RemoteDisconnected
from typing import Any

import pytest

from kernel.eventbus.stream.log import end_of_log
from tests.bus import Bus
from tests.people import a_librarian, a_patron
from tests.processes import until, web
from tests.servers import free_port

LONG = "60"
SLOW = {"FAULTS": "delay=600", "WEB_THREADS": "8", "LENDING_AT_ONCE": "1", "LENDING_PATIENCE": "60"}
SOON = 15
"""Seconds, well under those that the one who waits for events asked for."""


class Door:
    """What a web process answers."""

    def __init__(self) -> None:
        self.port = free_port()

    def ask(self, path: str, token: str = "", body: Any = None) -> tuple[int, str]:
        """The answer's status and text; 0 when nobody is there, or goes while it is asked."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": token} if token else {})
        try:
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=40)) as line:
                line.request("POST" if body else "GET", path, json.dumps(body) if body else None, headers)
                answer = line.getresponse()
                return answer.status, answer.read().decode()
        except (ConnectionRefusedError, ConnectionResetError, RemoteDisconnected):
            return 0, ""

    def is_ready(self) -> bool:
        """What a proxy finds out."""
        return self.ask("/health/ready")[0] == 200

    def figure(self, name: str) -> float:
        """One of its metrics."""
        found = [line for line in self.ask("/metrics")[1].splitlines() if line.startswith(f"{name} ")]
        return float(found[0].rpartition(" ")[2])


@pytest.fixture
def crowd() -> Iterator[ThreadPoolExecutor]:
    """Threads for those who ask."""
    with ThreadPoolExecutor(6) as pool:
        yield pool


@pytest.mark.django_db(transaction=True)
def test_told_to_stop_it_leaves_first_and_answers_everybody(crowd: ThreadPoolExecutor) -> None:
    reader, patron, door = a_librarian(), a_patron(), Door()
    book = reader.post("books", {"title": "광장", "copies": 5}).json()["id"]
    Bus().settle()
    nothing_new = f"/api/v1/events?after={end_of_log()}&types=FineCharged&wait=20"
    with web(door.port, WEB_LEAVE=LONG, **SLOW) as process:
        until(door.is_ready)
        poll = crowd.submit(door.ask, nothing_new, reader.authorization)
        borrows = [crowd.submit(door.ask, "/api/v1/loans", patron.authorization, {"book": book}) for _ in range(3)]
        until(lambda: door.figure("library_lending_in_line") == 2)

        process.send_signal(signal.SIGTERM)
        until(lambda: not door.is_ready())
        assert door.ask("/health/ready") == (503, '{"status": "leaving"}')
        assert door.ask("/health/live")[0] == 200, "whoever comes is still served"
        assert poll.result(SOON)[0] == 200

        process.send_signal(signal.SIGTERM)  # no need to wait for proxies any more
        until(lambda: door.ask("/health/live")[0] == 0)
        assert process.wait(30) == 0
        assert [borrow.result()[0] for borrow in borrows] == [201] * 3

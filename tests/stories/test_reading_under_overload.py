"""A real web process with few threads, every write stuck: who only reads is answered all the same."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from library.operations.processes import PROCFILE, commands
from library.settings import BASE_DIR
from tests.bus import Bus
from tests.people import a_librarian, a_patron
from tests.processes import environment, kill_group
from tests.servers import free_port

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT = 30
STUCK = "delay=3600000"


def until(reached: Callable[[], object]) -> None:
    """Another process is at work: looks again and again, within bounds."""
    deadline = time.monotonic() + LIMIT
    while not reached():
        assert time.monotonic() < deadline, "not reached in time"
        time.sleep(0.02)


@contextmanager
def web(**more: str) -> Iterator[int]:
    """A real web process on this test's database; its port."""
    port = free_port()
    settings = environment(PORT=str(port), PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}", **more)
    command = commands(PROCFILE.read_text())["web"]
    process = subprocess.Popen(command, shell=True, cwd=BASE_DIR, env=settings, start_new_session=True)
    try:
        until(lambda: call(port, "/health/live"))
        yield port
    finally:
        kill_group(process)


def call(port: int, path: str, token: str = "", body: object = None) -> tuple[int, str] | None:
    """The answer's status and text, or none when there was none."""
    headers = {"Authorization": token} if token else {}
    with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", port, timeout=LIMIT)) as connection:
        if body is None:
            connection.request("GET", path, headers=headers)
        else:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    return None


def test_with_all_writes_stuck_pages_and_stock_are_still_told() -> None:
    token = a_patron().authorization
    book = a_librarian().post("books", {"title": "광장", "copies": 9}).json()["id"]
    Bus().settle()
    with ThreadPoolExecutor(4) as people, web(WEB_THREADS="3", FAULTS=STUCK) as port:
        borrows = [people.submit(call, port, "/api/v1/loans", token, {"book": book}) for _ in range(4)]
        until(lambda: "library_lending_at_work 2.0" in (call(port, "/metrics") or (0, ""))[1])
        page, stock = call(port, "/api/v1/dashboard", token), call(port, f"/api/v1/books/{book}/availability")
        assert page
        assert (page[0], json.loads(page[1])["copies_on_loan"]) == (200, 0)
        assert stock
        assert (stock[0], json.loads(stock[1])["copies_available"]) == (200, 9)
        until(lambda: sum(borrow.done() for borrow in borrows) == 2)
    assert sorted(answer[0] if answer else 0 for answer in (borrow.result() for borrow in borrows)) == [0, 0, 202, 202]

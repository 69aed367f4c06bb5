"""Processes of a web server are killed while people call: nobody is refused, and what was killed is there again."""

import os
import signal
import sys
import threading
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from library.operations.web.server import LONG_ENOUGH
from tests.chaos.system import children_of
from tests.processes import is_running, until, web
from tests.servers import free_port

LIMIT = 120
pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process loads the application for itself"),
]


class Caller(threading.Thread):
    """One call after the other, each on a connection of its own."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._port, self._leave = port, threading.Event()
        self.answered = 0
        self.failures: list[OSError | HTTPException] = []

    def run(self) -> None:
        """Until it leaves."""
        while not self._leave.is_set():
            with closing(HTTPConnection("127.0.0.1", self._port, timeout=LIMIT)) as line:
                try:
                    line.request("GET", "/health/live")
                    assert line.getresponse().status == 200
                    self.answered += 1
                except (OSError, HTTPException) as failure:
                    self.failures.append(failure)

    def wait_for_more(self, count: int = 5) -> None:
        """Returns when so many more calls were answered."""
        enough = self.answered + count
        until(lambda: self.answered >= enough, LIMIT)

    def leave(self) -> None:
        """After the call that is under way."""
        self._leave.set()
        self.join()


def first_of(program: int) -> int:
    """The server's first process, the one that forks; 0 while there is none."""
    firsts = [pid for pid in children_of(program) if children_of(pid)]
    return firsts[-1] if firsts else 0


@pytest.mark.django_db(transaction=True)
def test_nobody_is_refused_while_the_server_s_processes_are_killed(tmp_path: Path) -> None:
    port = free_port()
    with web(port, tmp_path / "log", WEB_WORKERS="1", LOG_LEVEL="WARNING") as program:
        until(lambda: first_of(program.pid), LIMIT)
        caller = Caller(port)
        caller.start()
        caller.wait_for_more()

        (serving,) = children_of(first_of(program.pid))
        os.kill(serving, signal.SIGKILL)
        caller.wait_for_more()
        assert not [one for one in caller.failures if isinstance(one, ConnectionRefusedError)]
        assert len(caller.failures) <= 1, "only the call may be lost that it had begun"

        first = first_of(program.pid)
        (serving,) = children_of(first)
        os.kill(first, signal.SIGKILL)
        until(lambda: not is_running(first) and children_of(program.pid) != [serving], LIMIT)
        caller.wait_for_more()
        assert is_running(serving), "who serves ends before another one does"
        until(lambda: first_of(program.pid) not in {0, first} and not is_running(serving), LIMIT)
        caller.wait_for_more()
        caller.leave()
        assert len(caller.failures) <= 2, "only calls may be lost that were under way to who ended"

        family = [program.pid, first_of(program.pid), *children_of(first_of(program.pid))]
        program.terminate()
        assert program.wait(LIMIT) == 0
        assert not any(is_running(pid) for pid in family)


@pytest.mark.django_db(transaction=True)
def test_a_server_that_gives_up_since_too_many_were_killed_is_replaced(tmp_path: Path) -> None:
    port = free_port()
    with web(port, tmp_path / "log", WEB_WORKERS="1", LOG_LEVEL="WARNING") as program:
        until(lambda: first_of(program.pid), LIMIT)
        first, began = first_of(program.pid), time.monotonic()
        caller = Caller(port)
        caller.start()
        until(lambda: time.monotonic() - began > LONG_ENOUGH + 1, LIMIT)
        killed: list[int] = []
        for _time in range(2):
            killed.extend(children_of(first))
            os.kill(killed[-1], signal.SIGKILL)
            until(lambda: not is_running(first) or {*children_of(first)} - {*killed}, LIMIT)
        until(lambda: first_of(program.pid) not in {0, first}, LIMIT)
        caller.wait_for_more()
        caller.leave()
        assert not [one for one in caller.failures if isinstance(one, ConnectionRefusedError)]
        assert len(caller.failures) <= 2, "only the calls may be lost that these had begun"
        assert program.poll() is None


@pytest.mark.django_db(transaction=True)
def test_who_is_left_without_a_first_process_ends_with_the_program(tmp_path: Path) -> None:
    port = free_port()
    with web(port, tmp_path / "log", WEB_WORKERS="1", LOG_LEVEL="WARNING") as program:
        until(lambda: first_of(program.pid), LIMIT)
        first = first_of(program.pid)
        (serving,) = children_of(first)
        os.kill(first, signal.SIGKILL)
        until(lambda: serving in children_of(program.pid), LIMIT)
        os.kill(program.pid, signal.SIGKILL)
        until(lambda: not is_running(serving), LIMIT)

"""What `make run` started is killed, one process after the other; each is at work again soon, and nothing is left."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from library.settings import BASE_DIR
from tests.chaos.system import children_of
from tests.processes import until
from tests.servers import free_port

LIMIT = 120
AGAIN_WITHIN = 10
"""Seconds; more only where the machine is so busy that the start itself took longer."""
pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc"),
]


class Running:
    """What `make run` starts, on an empty database of its own."""

    def __init__(self, folder: Path) -> None:
        self.port, self.door, self.mark = free_port(), free_port(), f"LIBRARY_MARK={uuid.uuid4()}"
        self.environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder}/library.sqlite3",
            "PORT": str(self.port),
            "WORKER_PORT": str(self.door),
            "WEB_LEAVE": "0",
            "LOG_LEVEL": "WARNING",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            **dict([self.mark.split("=")]),
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=BASE_DIR, env=self.environment, check=True)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "library.operations.processes"], cwd=BASE_DIR, env=self.environment
        )

    def pid_of(self, name: str) -> int:
        """The process of that name whose parent is the nearest."""
        return next((pid for pid in children_of(self.process.pid) if name_of(pid) == name), 0)

    def watched_by(self, name: str) -> int:
        """What the watcher of that name watches: granian's parent, or the task queue's cluster."""
        watched = {"web": "preloaded", "worker": "started"}[name]
        return next((pid for pid in children_of(self.pid_of(name)) if name_of(pid) == watched), 0)

    def web_answers(self) -> bool:
        """Whether it is ready."""
        return answers(self.port) and self.watched_by("web") != 0

    def worker_works(self) -> bool:
        """Whether tasks go through its cluster."""
        return answers(self.door)

    def processes(self) -> list[str]:
        """The command of each process that descends from it."""
        return [name_of(pid) for pid in marked(self.mark)]


def answers(port: int) -> bool:
    """Whether what listens there is ready."""
    line = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/health/ready")
        return line.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        line.close()


def name_of(pid: int) -> str:
    """Its name, as `ps -e` shows it; nothing for one that has ended."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def marked(mark: str) -> Iterator[int]:
    """The processes with such a variable in their environment."""
    for file in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in file.read_bytes().split(b"\0"):
                yield int(file.parent.name)
        except OSError:
            continue


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """It has started, and answers and works."""
    running = Running(tmp_path)
    try:
        until(lambda: running.web_answers() and running.worker_works(), LIMIT)
        running.took = time.monotonic() - running.began
        yield running
    finally:
        for pid in [running.process.pid, *marked(running.mark)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        running.process.wait()


def test_each_that_is_killed_is_at_work_again_and_ctrl_c_leaves_nothing(running: Running) -> None:
    within = max(AGAIN_WITHIN, 2 * running.took)
    for victim, is_back in (
        (lambda: running.pid_of("web"), running.web_answers),
        (lambda: running.watched_by("web"), running.web_answers),
        (lambda: running.watched_by("worker"), running.worker_works),
        (lambda: running.pid_of("worker"), running.worker_works),
    ):
        killed = victim()
        os.kill(killed, signal.SIGKILL)
        until(lambda victim=victim, is_back=is_back, old=killed: victim() not in {0, old} and is_back(), within)

    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(LIMIT) == 0
    assert running.processes() == []


def test_ctrl_c_at_once_after_the_watcher_was_killed_leaves_nothing(running: Running) -> None:
    os.kill(running.pid_of("worker"), signal.SIGKILL)
    running.process.send_signal(signal.SIGINT)
    running.process.wait(LIMIT)
    assert running.processes() == []

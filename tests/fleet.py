"""Two web processes and two workers behind the library's own proxy, replaced one after the other while people come."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from library.operations.processes import PROCFILE, commands
from library.settings import BASE_DIR
from tests.chaos.system import System, workers_of
from tests.processes import kill_group, until
from tests.proxy import Proxy
from tests.servers import free_port

LONGEST_DRAIN = 30
CONFIG_MAP = BASE_DIR / "deploy" / "kubernetes" / "base" / "settings.env"


@dataclass
class Part:
    """A web process or a worker."""

    name: str
    process: subprocess.Popen[bytes]
    port: int

    def is_up(self) -> bool:
        """Whether it has all it needs to work."""
        return answers(self.port) if self.port else bool(workers_of(self.process.pid))


@dataclass
class Drain:
    """One replacement: from when to when, and how long the old process took to end once it was told to."""

    name: str
    began: float
    ended: float
    seconds: float


@dataclass
class Fleet:
    """What is running, and what was replaced so far."""

    folder: Path
    environment: dict[str, str]
    proxy: Proxy
    stack: ExitStack
    web: dict[int, Part] = field(default_factory=dict)
    workers: dict[int, Part] = field(default_factory=dict)
    drains: list[Drain] = field(default_factory=list)

    def start(self, number: int, name: str) -> Part:
        """A new `web` or `worker`, once it has all it needs."""
        port = free_port() if name == "web" else 0
        there = self.environment | ({"PORT": str(port)} if port else {})
        with self.log.open("ab") as told:
            process = subprocess.Popen(
                commands(PROCFILE.read_text(encoding="utf-8"))[name],
                shell=True, cwd=BASE_DIR, env=there,
                stdin=subprocess.DEVNULL, stdout=told, stderr=told, start_new_session=True,
            )  # fmt: skip
        self.stack.callback(kill_group, process)
        part = Part(f"{name}-{number}", process, port)
        until(lambda: process.poll() is not None or part.is_up())
        assert process.poll() is None, self.log.read_text(errors="replace")[-3_000:]
        if port:
            self.proxy.add(number, port)
        (self.web if port else self.workers)[number] = part
        return part

    def replace(self, number: int, by: int, name: str) -> None:
        """As a rolling update does: the new one is started, and when it is ready the old one is told to end."""
        began = time.monotonic()
        self.start(by, name)
        old = (self.web if name == "web" else self.workers).pop(number)
        told = time.monotonic()
        old.process.terminate()
        old.process.wait(LONGEST_DRAIN)
        ended = time.monotonic()
        assert old.process.returncode == 0, f"{old.name} ended with {old.process.returncode}"
        self.drains.append(Drain(old.name, began, ended, ended - told))
        if name == "web":
            self.proxy.remove(number)

    def replace_everything(self) -> None:
        """Each web process, and then each worker."""
        for name in ("web", "worker"):
            for number in (1, 2):
                self.replace(number, number + 2, name)

    @property
    def log(self) -> Path:
        """What all of them write."""
        return self.folder / "fleet.log"

    @property
    def system(self) -> System:
        """The same for who looks behind the proxy."""
        port = next(iter(self.web.values())).port
        return System(self.folder, None, {**self.environment, "PORT": str(port)})


def fleet_environment(folder: Path, **settings: str) -> dict[str, str]:
    """As in a cluster, but on this machine, with these settings."""
    return {
        **dict(line.split("=", 1) for line in CONFIG_MAP.read_text(encoding="utf-8").split()),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(BASE_DIR),
        "FILES_DIR": str(folder / "files"),
        "HOST": "127.0.0.1",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SECURE_SSL_REDIRECT": "0",
        "LOG_LEVEL": "WARNING",
        **settings,
    }


@contextmanager
def fleet(folder: Path, **settings: str) -> Iterator[Fleet]:
    """Two of each at work on the migrated database and the Redis that the settings name, else set as in a cluster."""
    with ExitStack() as stack:
        running = Fleet(folder, fleet_environment(folder, **settings), Proxy(folder), stack)
        stack.enter_context(running.proxy.running())
        with ThreadPoolExecutor(4) as at_once:
            parts = [at_once.submit(running.start, number, name) for number in (1, 2) for name in ("web", "worker")]
        for part in parts:
            part.result()
        yield running


def answers(port: int) -> bool:
    """Whether the process at that port is ready."""
    line = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request("GET", "/health/ready")
        return line.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        line.close()

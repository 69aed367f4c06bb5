"""Real processes of the library on the test's own databases, which end with the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from library.operations.processes import PROCFILE, commands
from library.settings import BASE_DIR


def environment(**more: str) -> dict[str, str]:
    """What a child process needs to use the databases of this test, and more."""
    urls = {_name(alias): _url(connections[alias]) for alias in connections}
    return {**os.environ, **urls, **more}


def run(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs Python with these arguments, and this much more environment, until it ends."""
    return subprocess.run(
        [sys.executable, *command], cwd=BASE_DIR, env=environment(**more), capture_output=True, text=True, timeout=180
    )


@contextmanager
def cluster(**more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real cluster of the task queue in a process group of its own, with this much more environment."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"], cwd=BASE_DIR, env=environment(**more), start_new_session=True
    )
    try:
        yield process
    finally:
        kill_group(process)


@contextmanager
def web(port: int, log: Path | None = None, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real web process at that port, with this much more environment, that may write to a log of its own."""
    there = environment(PORT=str(port), PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}", **more)
    command = commands(PROCFILE.read_text(encoding="utf-8"))["web"]
    with log.open("wb") if log else nullcontext() as told:
        process = subprocess.Popen(
            command, shell=True, cwd=BASE_DIR, env=there, stdout=told, stderr=told, start_new_session=True
        )
    try:
        yield process
    finally:
        kill_group(process)


def until(reached: Callable[[], object], within: float = 60) -> None:
    """Other processes are at work: looks again and again, within bounds."""
    deadline = time.monotonic() + within
    while not reached():
        assert time.monotonic() < deadline, "not reached in time"
        time.sleep(0.02)


@contextmanager
def worker(log: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The Procfile's worker, which watches its cluster and writes to the log. Told to stop at the end of the block.

    Its standard output, where it writes nothing, comes to an end when all its processes are gone.
    """
    with log.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "library.operations.worker"],
            cwd=BASE_DIR,
            env=environment(**more),
            stdout=subprocess.PIPE,
            stderr=told,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def is_running(pid: int) -> bool:
    """Whether a process is there, and not only its exit status."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL for the process and all it started: nobody gets to tidy up."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _name(alias: str) -> str:
    return "DATABASE_URL" if alias == DEFAULT_DB_ALIAS else f"{alias.upper()}_DATABASE_URL"


def _url(connection: BaseDatabaseWrapper) -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    return f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"

"""Real processes of the library on the test's own database, which end with the test."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connection

from library.settings import BASE_DIR


def environment(**more: str) -> dict[str, str]:
    """What a child process needs to use the database of this test, and more."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{settings['NAME']}"
    else:
        url = f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    return {**os.environ, "DATABASE_URL": url, **more}


def run(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs Python with these arguments, and this much more environment, until it ends."""
    return subprocess.run(
        [sys.executable, *command], cwd=BASE_DIR, env=environment(**more), capture_output=True, text=True, timeout=60
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
def worker(log: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The Procfile's worker, which watches its cluster and writes to the log. Told to stop at the end of the block.

    Its standard output, where it writes nothing, comes to an end when all its processes are gone.
    """
    with log.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "library.worker"],
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


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL for the process and all it started: nobody gets to tidy up."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

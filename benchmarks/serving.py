"""The library's real processes. `python -m benchmarks.serving worker web` starts those of the Procfile.

`plain` is the view to compare with, served as `web` is; behind `gunicorn:` the same on gunicorn instead of granian.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.client import Connection, asking
from library.operations.processes import PROCFILE, commands, run_all
from tests.chaos.system import children_of

START_LIMIT = 30
TICKS = os.sysconf("SC_CLK_TCK")
WEB = "library.wsgi:application"
APPLICATIONS = {"web": WEB, "plain": "benchmarks.plain.wsgi:application"}
GUNICORN = (
    "exec gunicorn --worker-class gthread --workers ${WEB_WORKERS:-1} --threads ${WEB_THREADS:-8}"
    " --keep-alive 60 --bind 127.0.0.1:$PORT --log-level warning "
)


class GivenUp(Exception):
    """A measurement can't be made."""


class DidNotStart(GivenUp):
    """Carries the last lines of what the processes wrote."""


@contextmanager
def giving_up(what: str = "measurement") -> Iterator[None]:
    """Ends this program with a sentence where it is given up, and on SIGTERM as on any exit, so that what it started
    ends with it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    except GivenUp as failure:
        sys.exit(f"The {what} was given up. {failure}")


@contextmanager
def processes(*names: str, folder: Path, **environment: str) -> Iterator[subprocess.Popen]:
    """Runs processes of the Procfile. They end with the block, and also when this program dies."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with (folder / "processes.log").open("ab") as log:
        group = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.serving", *names],
            env={**os.environ, "PATH": path, **environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield group
        finally:
            group.terminate()
            group.wait()


def wait_until_served(port: int, group: subprocess.Popen, folder: Path, limit: float = START_LIMIT) -> None:
    """Returns once the web process answers. Raises `DidNotStart`, after so many seconds at the latest."""
    deadline = time.monotonic() + limit
    while group.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), Connection(port) as connection:
            if connection.ask(asking("GET", "/health/live"))[0] in (200, 404):
                return
        time.sleep(0.05)
    raise DidNotStart((folder / "processes.log").read_text(errors="replace")[-3_000:])


def processor_seconds(pid: int) -> float:
    """What a process and all below it have used of a processor, with those that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS + sum(map(processor_seconds, children_of(pid)))


def command_of(name: str) -> str:
    """The shell command of a process of the Procfile, or of one that is served in its place."""
    everything = commands(PROCFILE.read_text(encoding="utf-8"))
    server, _, name = name.rpartition(":")
    application = APPLICATIONS.get(name, "")
    return GUNICORN + application if server else everything["web" if application else name].replace(WEB, application)


if __name__ == "__main__":
    sys.exit(run_all({name: command_of(name) for name in sys.argv[1:]}))

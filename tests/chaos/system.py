"""A whole installation for one run: web, worker, database and Redis, each started again whenever it ends."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
from redis import Redis

from library.operations.processes import PROCFILE, commands
from library.settings import BASE_DIR
from tests.servers import POSTGRES_OPTIONS, free_port, postgres_server, program, redis_server

START_LIMIT = 60
DISK = 1_000
"""Megabytes of the small disk that the database lies on: more than ten minutes at full speed write, with PostgreSQL's
own log. It is full when a test fills it, and not before."""


class System:
    """Its parts by name, as an operator sees them: process ids, a disk, and what its web process says."""

    def __init__(self, folder: Path, disk: Path | None, environment: dict[str, str]) -> None:
        self.folder, self.disk, self.environment = folder, disk, environment
        self.port = int(environment["PORT"])
        self.programs: dict[str, Path] = {}

    @property
    def postgres(self) -> bool:
        """Whether the database is a server of its own."""
        return self.environment["DATABASE_URL"].startswith("postgres")

    def pid_of_postgres(self) -> int:
        """Its first process."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            (data,) = connection.execute("SHOW data_directory").fetchone()
        return int(Path(data, "postmaster.pid").read_text().split()[0])

    def pid_of_redis(self) -> int:
        """Its only process."""
        with Redis.from_url(self.environment["REDIS_URL"]) as client:
            return int(client.info("server")["process_id"])

    def pid_of(self, name: str) -> int:
        """The first process of `web` or `worker`."""
        return int((self.programs[name] / "server.pid").read_text())

    def workers(self) -> list[int]:
        """The task queue's worker processes, the oldest first; none while there is no cluster."""
        return workers_of(self.pid_of("worker"))

    def log_of(self, name: str) -> str:
        """What `web` or `worker` wrote."""
        return (self.programs[name] / "server.log").read_text(errors="replace")

    def run(self, function: str, told: Any = None) -> Any:
        """What a function of `tests.chaos` prints as JSON, in a process of its own."""
        module = function.rpartition(".")[0]
        code = f"import tests.chaos.{module}; tests.chaos.{function}()"
        return json.loads(self.manage("shell", "-v", "0", "-c", code, told=json.dumps(told, default=vars)))

    def migrate(self) -> None:
        """Makes the tables."""
        self.manage("migrate", "-v", "0")

    def waiting(self) -> float:
        """How many deliveries, loans and returns are not done yet, as `/metrics` says."""
        return waiting_in(self._get("/metrics"))

    def wait_until_ready(self) -> None:
        """Returns once the web process can serve."""
        deadline = time.monotonic() + START_LIMIT
        while True:
            try:
                self._get("/health/ready")
                return
            except (OSError, HTTPException):
                assert time.monotonic() < deadline, self.log_of("web")[-3_000:]
                time.sleep(0.1)

    def _get(self, path: str) -> str:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request("GET", path)
            answer = line.getresponse()
            if answer.status != 200:
                raise HTTPException(answer.status)
            return answer.read().decode()

    def manage(self, *command: str, told: str = "") -> str:
        """What a command of the library prints. It must succeed."""
        # Here the saboteur has no say.
        environment = {**self.environment, "EXTRA_APPS": ""}
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=BASE_DIR, env=environment, input=told, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def installation(database: str, *, small: bool = True) -> Iterator[System]:
    """Runs it on `sqlite` or `postgres`, on a `small` disk of its own, where that is asked for and one can be mounted:
    one that is filled on purpose, and by much work in some minutes."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="library-chaos-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        disk = stack.enter_context(small_disk(folder / "disk")) if small else None
        url = f"sqlite:///{disk or folder}/library.sqlite3"
        if database == "postgres":
            # As in an installation, a commit that was answered is written down: a server that is killed loses none.
            # Its own log is kept small: by default it would fill the small disk within minutes.
            stack.enter_context(patch.dict(POSTGRES_OPTIONS, synchronous_commit="on", max_wal_size="64MB"))
            url = stack.enter_context(postgres_server(within=disk, again=True))
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "REDIS_URL": stack.enter_context(redis_server(again=True)),
            "EXTRA_APPS": "tests.chaos.saboteur",
            "CHAOS_FOLDER": str(folder),
            "PYTHONPATH": str(BASE_DIR),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PORT": str(free_port()),
            "WEB_WORKERS": "2",
            "WEB_THREADS": "4",
            "LOG_LEVEL": "WARNING",
        }
        system = System(folder, disk, environment)
        system.migrate()
        for name, command in commands(PROCFILE.read_text()).items():
            system.programs[name] = stack.enter_context(program(command, environment))
        system.wait_until_ready()
        yield system


@contextmanager
def small_disk(place: Path) -> Iterator[Path | None]:
    """A file system that can be filled without harm; nothing where this user may not mount one."""
    place.mkdir()
    options = f"size={DISK}m,mode=0755"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True).returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def waiting_in(figures: str) -> float:
    """How many deliveries, loans and returns are not done yet, by the figures that `/metrics` answered."""
    named = ("library_deliveries_waiting{", "library_lending_waiting{")
    return sum(float(line.rpartition(" ")[2]) for line in figures.splitlines() if line.startswith(named))


def workers_of(watcher: int) -> list[int]:
    """The task queue's worker processes under its watcher, the oldest first; none while there is no cluster."""
    for cluster in children_of(watcher):
        for guard in children_of(cluster):
            return children_of(guard)[:2]
    return []


def children_of(parent: int) -> list[int]:
    """The ids of a process's children, the oldest first."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == parent and words[0] != "Z":
            found.append((int(words[19]), int(stat.parent.name)))
    return [pid for _, pid in sorted(found)]

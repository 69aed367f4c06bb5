"""Borrows and returns of one build by 100 clients at once: the processor time that each takes of the web process and of
the server.

`benchmarks/reference.py` runs this file with each build's Python in that build's folder, so it uses only what builds
have in common. For each line `SECONDS` it lets the clients borrow for so long and then bring all of that back. It
answers with the microseconds that a borrow took of the web process and of PostgreSQL's processes, and with the rate;
then with the same of a return.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.client import Load, Request, bringing_back, drive  # noqa: E402
from benchmarks.serving import processes, wait_until_served  # noqa: E402
from benchmarks.town import build_town, know_the_rest  # noqa: E402
from tests.chaos.system import children_of  # noqa: E402

CLIENTS, BOOKS, PATRONS = 100, 10_000, 2_000
IDLE, LOOKS, START_LIMIT, LIMIT = 0.2, 3, 180, 120
EVERYTHING_NOW = {"LENDING_SLOW": "600", "LENDING_PATIENCE": "600", "LENDING_IN_LINE": "1000"}
"""A borrow that is deferred on a busy machine is other work, and would count as part of those that were made."""
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Fills the empty database at `DATABASE_URL`, starts the web process, and has borrows made as it is asked for."""
    borrows = fill(BOOKS, PATRONS)
    port, folder, server = int(os.environ["PORT"]), Path(os.environ["TMPDIR"]), database_server()
    with processes("web", folder=folder, **EVERYTHING_NOW) as group:
        wait_until_served(port, group, folder, START_LIMIT)
        wait_until_idle(group.pid)
        print("ready", flush=True)
        for line in sys.stdin:
            used = partial(_used_by, group.pid, server)
            borrowed, load = used(lambda seconds=float(line): drive(port, borrows, CLIENTS, seconds))
            back = iter([bringing_back(*each) for each in load.good])
            returned, _load = used(lambda back=back: drive(port, back, CLIENTS, LIMIT))
            print(*borrowed, *returned, flush=True)


def fill(books: int, patrons: int) -> Iterator[Request]:
    """Builds a library in the empty database, and answers with borrows that succeed there."""
    call_command("migrate", verbosity=0)
    borrows = build_town(books, patrons, timezone.now()).borrows
    know_the_rest()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return borrows


def _used_by(web: int, server: int | None, work: Callable[[], Load]) -> tuple[list[float], Load]:
    """What a call took of the web process and of the server, in microseconds, and the rate."""
    before = seconds_of(web), seconds_of(server)
    load = work()
    after = seconds_of(web), seconds_of(server)
    took = [(end - start) / len(load.good) * 1_000_000 for start, end in zip(before, after, strict=True)]
    return [*took, load.rate], load


def database_server() -> int | None:
    """The process whose children serve connections; none for SQLite."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(_fields_of(cursor.fetchone()[0])[1])


def wait_until_idle(pid: int) -> None:
    """Returns once the process has built its search index. On a busy machine it may stand still for a moment before."""
    used, quiet = -1.0, 0
    while quiet < LOOKS:
        now = seconds_of(pid)
        quiet, used = (quiet + 1 if now - used <= IDLE else 0), now
        time.sleep(1)


def seconds_of(pid: int | None) -> float:
    """The processor time of a process and of all below it, with those that have ended."""
    if pid is None:
        return 0
    try:
        fields = _fields_of(pid)
    except FileNotFoundError:  # it has just ended, and is in its parent's figures
        return 0
    return sum(map(int, fields[11:15])) / TICKS + sum(map(seconds_of, children_of(pid)))


def _fields_of(pid: int) -> list[str]:
    """From the state on: its parent is the second."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


if __name__ == "__main__":
    main()

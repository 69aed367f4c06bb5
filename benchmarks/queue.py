"""`python -m benchmarks.queue`: eight processes write to one SQLite file flat out, with and without the writer queue.

It prints how many transactions there were, the fewest and the most of one process, the longest wait, and the
ratio of the throughputs.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from typing import NamedTuple

import django
from django.conf import settings

from kernel.connecting import database_settings

WRITERS = 8
PLAIN, FAIR = "django.db.backends.sqlite3", "kernel.storage.sqlite"


class Written(NamedTuple):
    """What one process came to; the wait in seconds."""

    transactions: int
    longest_wait: float


def main() -> int:
    """Prints one line for each backend, and the ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="how long they write")
    seconds = parser.parse_args().seconds
    totals = {}
    for engine, name in ((PLAIN, "SQLite's own wait"), (FAIR, "the writer queue")):
        written = _write_flat_out(engine, seconds)
        counts = [each.transactions for each in written]
        totals[engine] = sum(counts)
        longest = 1000 * max(each.longest_wait for each in written)
        each = f"each process {min(counts):,} to {max(counts):,}"
        print(f"{name:18}{sum(counts) / seconds:8,.0f} a second, {each}, longest wait {longest:,.0f} ms", flush=True)
    print(f"fair / own: {totals[FAIR] / totals[PLAIN]:.2f}")
    return 0


def _write_flat_out(engine: str, seconds: float) -> list[Written]:
    with tempfile.TemporaryDirectory(prefix="library-bench-") as folder:
        path = f"{folder}/queue.sqlite3"
        spawn = multiprocessing.get_context("spawn")
        with spawn.Pool(1) as first:
            first.apply(_prepare, (engine, path))
        start = spawn.Manager().Barrier(WRITERS)
        with spawn.Pool(WRITERS) as writers:
            return writers.starmap(_write, [(engine, path, start, seconds, n) for n in range(WRITERS)], chunksize=1)


def _prepare(engine: str, path: str) -> None:
    connection = _connect(engine, path)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE copy (id integer PRIMARY KEY, moves integer)")
        cursor.execute("CREATE TABLE event (id integer PRIMARY KEY, payload text)")
        cursor.executemany("INSERT INTO copy VALUES (%s, 0)", [(copy,) for copy in range(1_000)])


def _write(engine: str, path: str, start: object, seconds: float, number: int) -> Written:
    connection = _connect(engine, path)
    from django.db import transaction  # noqa: PLC0415  (Django is set up by then)

    done, longest = 0, 0.0
    start.wait()
    end = time.monotonic() + seconds
    while (asked := time.monotonic()) < end:
        with transaction.atomic(), connection.cursor() as cursor:
            longest = max(longest, time.monotonic() - asked)
            for step in range(3):
                cursor.execute("UPDATE copy SET moves = moves + 1 WHERE id = %s", [number * 10 + step])
                cursor.execute("INSERT INTO event (payload) VALUES (%s)", ["x" * 200])
        done += 1
    return Written(done, longest)


def _connect(engine: str, path: str) -> object:
    database = database_settings(f"sqlite:///{path}", pool=0, process="command") | {"ENGINE": engine}
    settings.configure(DATABASES={"default": database})
    django.setup()
    from django.db import connection  # noqa: PLC0415

    return connection


if __name__ == "__main__":
    sys.exit(main())

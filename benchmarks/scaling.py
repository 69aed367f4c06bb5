"""`python -m benchmarks.scaling`: what a borrow and a return take with 1, 2 and 4 web processes, and wait for.

Processor time, since processes share the cores with each other, the server and the clients: of the web processes and of
PostgreSQL, for each call of 100 clients. Beside it, from looks at all of the server's sessions: how many, on average,
ran, waited for a lock (of rows, transactions, or an advisory one), for a light lock inside the server, for the disk, or
stood in a transaction while their web process was busy. By turns, medians of the rounds; statements that waited for a
lock are named last.
"""

import argparse
import os
import signal
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import psycopg

from benchmarks.client import Load, Request
from benchmarks.scratch import environment, run, scratch
from benchmarks.table import percentile

BOOKS, PATRONS, CLIENTS, LIMIT = 12_000, 3_000, 100, 120
PROCESSES = (1, 2, 4)
WARMING = 1.0
PAUSE = 0.005
SESSIONS = """
    SELECT state, coalesce(wait_event_type, ''), coalesce(wait_event, ''),
        left(regexp_replace(query, '\\s+', ' ', 'g'), 90)
    FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state IN ('active', 'idle in transaction')
"""
KINDS = {"": "run", "Lock": "lock", "LWLock": "light lock", "IO": "disk", "Client": "held"}
ROWS = ("per second", "p50 ms", "p99 ms", "web, us", "server, us", "both, us", *KINDS.values())
Figures = dict[tuple[str, int], dict[str, list[float]]]


class Watch:
    """Looks at the server's sessions, again and again, until the block ends."""

    def __init__(self) -> None:
        self.looks, self.seen, self.locked = 0, Counter[str](), Counter[str]()

    @contextmanager
    def looking(self, url: str) -> Iterator[None]:
        """Counts while the block runs."""
        over = threading.Event()
        watching = threading.Thread(target=self._look, args=(url, over))
        watching.start()
        try:
            yield
        finally:
            over.set()
            watching.join()

    def _look(self, url: str, over: threading.Event) -> None:
        with psycopg.connect(url, autocommit=True, prepare_threshold=0) as connection:
            while not over.wait(PAUSE):
                self.looks += 1
                for state, kind, event, query in connection.execute(SESSIONS):
                    self.seen["held" if state != "active" else KINDS.get(kind, "run")] += 1
                    if kind == "Lock":
                        self.locked[f"{event}: {query}"] += 1


def main() -> int:
    """Builds the library in a process of its own, which Django is set up for, and measures it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--seconds", type=float, default=3, help="of borrowing in each turn, after which all comes back"
    )
    parser.add_argument("--processes", type=int, nargs="+", default=list(PROCESSES))
    parser.add_argument("--workers", type=int, default=0, help="processes of a worker that delivers meanwhile")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.here:
        return _measure(wanted)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with scratch("postgres") as (folder, url):
        return run([sys.executable, "-m", "benchmarks.scaling", "--here", *sys.argv[1:]], environment(folder, url))


def _measure(wanted: argparse.Namespace) -> int:
    from benchmarks import at_once  # noqa: PLC0415  (it sets Django up)

    borrows = list(at_once.fill(BOOKS, PATRONS))
    figures: Figures = defaultdict(lambda: defaultdict(list))
    locked: Counter[str] = Counter()
    print(f"PostgreSQL, {CLIENTS} clients, cores: {os.cpu_count()}, load on them before: {os.getloadavg()[0]:.1f}")
    for turn in range(wanted.rounds):
        for count in wanted.processes[:: -1 if turn % 2 else 1]:
            _one_turn(count, wanted, borrows, figures, locked)
    _print(wanted.processes, figures)
    for statement, times in locked.most_common(10):
        print(f"{times:6} looks at {statement}")
    return 0


def _one_turn(
    count: int, wanted: argparse.Namespace, all_borrows: list[Request], figures: Figures, locked: Counter[str]
) -> None:
    from benchmarks import at_once  # noqa: PLC0415
    from benchmarks.client import bringing_back, drive  # noqa: PLC0415
    from benchmarks.serving import processes, wait_until_served  # noqa: PLC0415

    port, folder, borrows = int(os.environ["PORT"]), Path(os.environ["TMPDIR"]), iter(all_borrows)

    def bring_back(load: Load) -> Load:
        return drive(port, iter([bringing_back(*one) for one in load.good]), CLIENTS, LIMIT)

    with ExitStack() as stack:
        web = processes("web", folder=folder, WEB_WORKERS=str(count), **at_once.EVERYTHING_NOW)
        group = stack.enter_context(web)
        wait_until_served(port, group, folder, at_once.START_LIMIT)
        at_once.wait_until_idle(group.pid)
        if wanted.workers:
            stack.enter_context(processes("worker", folder=folder, WORKERS=str(wanted.workers)))
        warm = drive(port, borrows, CLIENTS, WARMING)
        loads: dict[str, Callable[[], Load]] = {
            "borrow": lambda: drive(port, borrows, CLIENTS, wanted.seconds),
            "return": lambda: bring_back(load),
        }
        for call, work in loads.items():
            watch, server = Watch(), at_once.database_server()
            before = at_once.seconds_of(group.pid), at_once.seconds_of(server)
            with watch.looking(os.environ["DATABASE_URL"]):
                load = work()
            if call == "borrow" and load.elapsed < wanted.seconds:
                sys.exit("No copy is left to be borrowed: name fewer --seconds, or make more BOOKS and PATRONS.")
            by_web, database = (
                (at_once.seconds_of(pid) - used) / len(load.good) * 1_000_000
                for pid, used in zip((group.pid, server), before, strict=True)
            )
            times = [1_000 * percentile(load.taken, part) for part in (0.5, 0.99)]
            waits = [watch.seen[kind] / max(watch.looks, 1) for kind in KINDS.values()]
            for row, figure in zip(ROWS, (load.rate, *times, by_web, database, by_web + database, *waits), strict=True):
                figures[call, count][row].append(figure)
            locked.update({f"{call}, {count} processes: {what}": times for what, times in watch.locked.items()})
        bring_back(warm)


def _print(counts: list[int], figures: Figures) -> None:
    for call in ("borrow", "return"):
        print(f"\n{call:12}" + "".join(f"{f'{count} processes':>14}" for count in counts))
        for row in ROWS:
            found = [median(figures[call, count][row]) for count in counts]
            print(f"{row:12}" + "".join(f"{one:>14,.2f}" for one in found), flush=True)


if __name__ == "__main__":
    sys.exit(main())

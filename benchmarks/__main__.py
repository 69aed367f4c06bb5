"""`python -m benchmarks`: what the library's everyday calls cost, on SQLite and then on PostgreSQL.

Each database is a scratch one, filled with made-up books and patrons; a real web process and real workers are
driven over HTTP on loopback. It prints a table of the calls, what pages take, a search's times, and a borrow beside its
floor and beside one plain view, and judges nothing. PostgreSQL keeps every commit on disk.
"""

import argparse
import sys

from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases

TITLES = "10000"


def main() -> int:
    """Measures each database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    which_databases(parser)
    parser.add_argument("--seconds", type=float, default=5, help="how long each call is repeated")
    parser.add_argument("--clients", type=int, default=8, help="how many call at the same time")
    parser.add_argument("--books", type=int, default=2_000, help="titles, each with two copies")
    parser.add_argument("--patrons", type=int, default=400, help="each may have ten copies out")
    parser.add_argument("--crowd", type=int, default=100, help="how many borrow at the same time beside the floor")
    parser.add_argument("--gunicorn", action="store_true", help="compare on gunicorn, if it is installed")
    parser.add_argument("--only", choices=("calls", "pages", "search", "relevance", "floor"), help="one part of it")
    wanted = parser.parse_args()
    return on_each_database(wanted.databases, lambda kind: sum(_run(step, kind) for step in _steps(wanted)))


def _steps(wanted: argparse.Namespace) -> list[list[str]]:
    sizes = [f"--{name}={getattr(wanted, name)}" for name in ("seconds", "clients", "books", "patrons")]
    crowd = [f"--seconds={wanted.seconds}", f"--clients={wanted.crowd}", *["--gunicorn"] * wanted.gunicorn]
    steps = {
        "calls": ["measure", *sizes],
        "pages": ["visits", f"--books={TITLES}"],
        "search": ["searching", TITLES],
        "relevance": ["relevance"],
        "floor": ["compare", *crowd],
    }
    return [steps[name] for name in steps if wanted.only in (None, name)]


def _run(step: list[str], kind: str) -> int:
    """Each part has a fresh database and a process of its own, since Django is set up for one database only."""
    with scratch(kind) as (folder, url):
        return run([sys.executable, "-m", f"benchmarks.{step[0]}", *step[1:]], environment(folder, url))


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks`: what the library's everyday calls cost, on SQLite and then on PostgreSQL.

Each database is a scratch one, filled with made-up books and patrons; a real web process and real workers are
driven over HTTP on loopback. It prints one table for each and judges nothing. PostgreSQL keeps every commit on disk.
"""

import argparse
import signal
import sys

from benchmarks.scratch import environment, run, scratch
from tests import servers

TITLES = "10000"


def main() -> int:
    """Measures each database in a process of its own, since Django is set up for one only."""
    wanted = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        failed = [kind for kind in wanted.databases if _measure(kind, wanted)]
    except servers.ServerDidNotStart as failure:
        sys.exit(f"PostgreSQL, which the benchmark needs, did not start: {failure}")
    except KeyboardInterrupt:
        return 130
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgres"], help="sqlite, postgres, or both")
    parser.add_argument("--seconds", type=float, default=5, help="how long each call is repeated")
    parser.add_argument("--clients", type=int, default=8, help="how many call at the same time")
    parser.add_argument("--books", type=int, default=2_000, help="titles, each with two copies")
    parser.add_argument("--patrons", type=int, default=400, help="each may have ten copies out")
    wanted = parser.parse_args()
    if unknown := set(wanted.databases) - {"sqlite", "postgres"}:
        parser.error(f"there is no measurement on {', '.join(unknown)}")
    return wanted


def _measure(kind: str, wanted: argparse.Namespace) -> int:
    sizes = [f"--{name}={getattr(wanted, name)}" for name in ("seconds", "clients", "books", "patrons")]
    with scratch(kind) as (folder, url):
        settings = environment(folder, url)
        steps = (
            [sys.executable, "-m", "benchmarks.measure", str(folder), *sizes],
            [sys.executable, "-m", "benchmarks.search", TITLES],
        )
        return any(run(step, settings) for step in steps)


if __name__ == "__main__":
    sys.exit(main())

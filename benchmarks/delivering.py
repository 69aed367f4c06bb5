"""`python -m benchmarks.delivering`: what delivering an event costs, on SQLite and on PostgreSQL, by processor time."""

import argparse
import sys

from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases


def main() -> int:
    """Fills a fresh database of each kind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.delivering", description=__doc__)
    which_databases(parser)
    parser.add_argument("--loans", type=int, default=2_000, help="how many are lent and taken back")
    parser.add_argument("--together", type=int, default=20, help="how many of them between two rounds of a worker")
    wanted = parser.parse_args()
    options = [f"--loans={wanted.loans}", f"--together={wanted.together}"]
    return on_each_database(wanted.databases, lambda kind: _measure(kind, options))


def _measure(kind: str, options: list[str]) -> int:
    with scratch(kind) as (folder, url):
        return run([sys.executable, "-m", "benchmarks.delivered", *options], environment(folder, url))


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks.sweep`: what a sweep over a million open loans costs, on SQLite and on PostgreSQL.

It prints the seconds of `manage.py sweep_overdue`, those of set-based statements that write the same rows, their ratio,
and the most memory that the sweep had.
"""

import argparse
import sys

from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases


def main() -> int:
    """Sweeps a fresh database of each kind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    which_databases(parser)
    parser.add_argument("--loans", type=int, default=1_000_000, help="open loans")
    parser.add_argument("--overdue", type=int, default=200_000, help="how many of them fell overdue")
    wanted = parser.parse_args()
    return on_each_database(wanted.databases, lambda kind: _sweep(kind, wanted))


def _sweep(kind: str, wanted: argparse.Namespace) -> int:
    sizes = [f"--loans={wanted.loans}", f"--overdue={wanted.overdue}"]
    with scratch(kind) as (folder, url):
        return run([sys.executable, "-m", "benchmarks.sweeping", *sizes], environment(folder, url))


if __name__ == "__main__":
    sys.exit(main())

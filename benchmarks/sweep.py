"""`python -m benchmarks.sweep`: what the sweeps over a million loans cost, on SQLite and on PostgreSQL: `sweep_overdue`
and `mark_lost` over open ones, `anonymise_loans` over closed ones.

It prints the seconds of each, those of set-based statements that write the same rows, by turns, their ratio, and the
most memory that a sweep had.
"""

import argparse
import sys

from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases

SWEEPS = ("sweep_overdue", "mark_lost", "anonymise_loans")


def main() -> int:
    """Sweeps fresh databases of each kind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    which_databases(parser)
    parser.add_argument("--loans", type=int, default=1_000_000, help="loans that stay as they are, at least")
    parser.add_argument("--concerned", type=int, default=200_000, help="how many more a sweep changes, in all turns")
    parser.add_argument("--turns", type=int, default=2, help="turns of statements and sweep")
    parser.add_argument("--only", choices=SWEEPS, help="one of the sweeps")
    wanted = parser.parse_args()
    chosen = (wanted.only,) if wanted.only else SWEEPS
    return on_each_database(wanted.databases, lambda kind: max(_sweep(kind, name, wanted) for name in chosen))


def _sweep(kind: str, name: str, wanted: argparse.Namespace) -> int:
    sizes = [f"--loans={wanted.loans}", f"--concerned={wanted.concerned}", f"--turns={wanted.turns}"]
    with scratch(kind) as (folder, url):
        return run([sys.executable, "-m", "benchmarks.sweeping", name, *sizes], environment(folder, url))


if __name__ == "__main__":
    sys.exit(main())

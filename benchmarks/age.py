"""`python -m benchmarks.age`: what the sweeps over old loans cost, on SQLite and on PostgreSQL: `anonymise_loans` over
a million closed loans, and `mark_lost` over a million open ones.

It prints the seconds of each, those of set-based statements that write the same rows, their ratio, and the most memory.
"""

import argparse
import sys

from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases

SWEEPS = ("anonymise_loans", "mark_lost")


def main() -> int:
    """Sweeps fresh databases of each kind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.age", description=__doc__)
    which_databases(parser)
    parser.add_argument("--loans", type=int, default=1_000_000, help="loans")
    parser.add_argument("--old", type=int, default=200_000, help="how many of them are old")
    parser.add_argument("--only", choices=SWEEPS, help="one of the sweeps")
    wanted = parser.parse_args()
    return on_each_database(wanted.databases, lambda kind: max(_sweep(kind, name, wanted) for name in _chosen(wanted)))


def _chosen(wanted: argparse.Namespace) -> tuple[str, ...]:
    return (wanted.only,) if wanted.only else SWEEPS


def _sweep(kind: str, name: str, wanted: argparse.Namespace) -> int:
    sizes = [f"--loans={wanted.loans}", f"--old={wanted.old}"]
    with scratch(kind) as (folder, url):
        return run([sys.executable, "-m", "benchmarks.ageing", name, *sizes], environment(folder, url))


if __name__ == "__main__":
    sys.exit(main())

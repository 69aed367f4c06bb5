"""`python -m benchmarks.holds`: what holds cost, on SQLite and on PostgreSQL: `expire_holds` over a million of them, of
which each that expires has a successor, and the return of a book for which ten thousand wait.

It prints the seconds of the sweep, those of set-based statements that write the same rows, their ratio and the most
memory; and the milliseconds of a return with and without others who wait, taken by turns, and their ratio.
"""

import argparse
import sys

from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases

PARTS = {"expire_holds": ("holding", "holds", "expiring"), "return": ("coming_back", "waiters", "turns")}
"""What measures each, and the sizes that it is told."""


def main() -> int:
    """Measures each part on a fresh database of each kind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.holds", description=__doc__)
    which_databases(parser)
    parser.add_argument("--holds", type=int, default=1_000_000, help="open holds")
    parser.add_argument("--expiring", type=int, default=100_000, help="how many of them are not collected in time")
    parser.add_argument("--waiters", type=int, default=10_000, help="how many wait for the book that comes back")
    parser.add_argument("--turns", type=int, default=200, help="how often each of the two books comes back")
    parser.add_argument("--only", choices=PARTS, help="one of the two")
    wanted = parser.parse_args()
    return on_each_database(wanted.databases, lambda kind: max(_measure(kind, part, wanted) for part in _parts(wanted)))


def _parts(wanted: argparse.Namespace) -> list[str]:
    return [wanted.only] if wanted.only else [*PARTS]


def _measure(kind: str, part: str, wanted: argparse.Namespace) -> int:
    module, *names = PARTS[part]
    sizes = [f"--{name}={getattr(wanted, name)}" for name in names]
    with scratch(kind) as (folder, url):
        return run([sys.executable, "-m", f"benchmarks.{module}", *sizes], environment(folder, url))


if __name__ == "__main__":
    sys.exit(main())

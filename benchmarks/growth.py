"""`python -m benchmarks.growth`: the room that loans take, on SQLite and on PostgreSQL.

It lends and takes back through the services, delivers everything, and prints by how much each table grew, for a million
loans. Each loan is one copy that comes back in time: a late one has a fine more.
"""

import argparse
import sys

from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases


def main() -> int:
    """Fills a fresh database of each kind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    which_databases(parser)
    parser.add_argument("--loans", type=int, default=5_000, help="how many are lent and taken back")
    parser.add_argument("--year", type=int, default=100_000, help="of a year made of them; 0: none")
    wanted = parser.parse_args()
    return on_each_database(wanted.databases, lambda kind: _grow(kind, wanted.loans, wanted.year))


def _grow(kind: str, loans: int, year: int) -> int:
    with scratch(kind) as (folder, url):
        command = [sys.executable, "-m", "benchmarks.growing", f"--loans={loans}", f"--year={year}"]
        return run(command, environment(folder, url))


if __name__ == "__main__":
    sys.exit(main())

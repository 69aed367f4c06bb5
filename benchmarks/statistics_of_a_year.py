"""`python -m benchmarks.statistics_of_a_year`: what a year's statistics cost where so many loans were made in it.

The facts are made by SQL, as the handlers would have set them. It prints the seconds of counting all days, of one day
again, and of the pages and files of the year.
"""

import argparse
import sys

from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases


def main() -> int:
    """Counts in fresh databases of each kind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.statistics_of_a_year", description=__doc__)
    which_databases(parser)
    parser.add_argument("--loans", type=int, default=5_000_000, help="loans of the year, each with its return")
    wanted = parser.parse_args()
    return on_each_database(wanted.databases, lambda kind: _measure(kind, wanted.loans))


def _measure(kind: str, loans: int) -> int:
    with scratch(kind) as (folder, url):
        return run([sys.executable, "-m", "benchmarks.counting", str(loans)], environment(folder, url))


if __name__ == "__main__":
    sys.exit(main())

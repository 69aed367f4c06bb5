"""`python -m benchmarks.search [sqlite|postgres] [--titles N]`: searches over 10,000 and over a million made-up titles.

For each kind of question it prints how long the search itself takes (a page of 20, the total and the counts of all
filters), and over HTTP the rates, the big library's as a part of the small one's.
"""

import argparse
import json
import sys

from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases

SMALL, BIG = 10_000, 1_000_000


def main() -> int:
    """Measures each database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    which_databases(parser)
    parser.add_argument("--titles", type=int, default=BIG, help="of the big library")
    parser.add_argument("--seconds", type=float, default=5, help="how long each call is repeated")
    wanted = parser.parse_args()
    return on_each_database(wanted.databases, lambda kind: _compare(kind, wanted))


def _compare(kind: str, wanted: argparse.Namespace) -> int:
    rates = []
    for size in (SMALL, wanted.titles):
        with scratch(kind) as (folder, url):
            step = [sys.executable, "-m", "benchmarks.searching", str(size), f"--seconds={wanted.seconds}"]
            if run(step, environment(folder, url)):
                return 1
            rates.append(json.loads((folder / "rates.json").read_text()))
    print(f"\n{kind} over HTTP: {SMALL:,} titles beside {wanted.titles:,}")
    for call, rate in rates[0].items():
        print(f"  {call:28}{rate:8,.1f}/s{rates[1][call]:10,.1f}/s{rates[1][call] / rate:8.0%}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

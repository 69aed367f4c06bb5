"""`python -m benchmarks.siege`: 100 clients besiege the borrowing, on SQLite and on PostgreSQL.

Each database is besieged twice by `siege`: plain, and with a delay injected into the web process's writes. It prints
siege's own table, the breaker's changes, and what became of every accepted request; it exits 1 when a promise broke.
"""

import argparse
import shutil
import sys

from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases

DELAY = "delay=400+-220"


def main() -> int:
    """Besieges each database, plain and delayed, each time with a fresh database and fresh processes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.siege", description=__doc__)
    which_databases(parser)
    parser.add_argument("--seconds", type=int, default=60, help="how long each siege lasts")
    parser.add_argument("--clients", type=int, default=100, help="how many besiege at the same time")
    wanted = parser.parse_args()
    if not shutil.which("siege"):
        sys.exit("This needs the program siege, which is not installed (on Debian: apt-get install siege).")
    return on_each_database(
        wanted.databases, lambda kind: sum(_besiege(kind, faults, wanted) for faults in ("", DELAY))
    )


def _besiege(kind: str, faults: str, wanted: argparse.Namespace) -> int:
    with scratch(kind) as (folder, url):
        # Faults are refused where DEBUG is off.
        settings = environment(folder, url) | ({"DEBUG": "1"} if faults else {})
        sizes = [f"--seconds={wanted.seconds}", f"--clients={wanted.clients}"]
        return run([sys.executable, "-m", "benchmarks.besieging", str(folder), f"--faults={faults}", *sizes], settings)


if __name__ == "__main__":
    sys.exit(main())

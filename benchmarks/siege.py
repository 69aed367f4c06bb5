"""`python -m benchmarks.siege`: 100 clients besiege the borrowing, on SQLite and on PostgreSQL.

Each database is besieged twice by `siege`: plain, and with a delay injected into the web process's writes. It prints
siege's own table, the breaker's changes, and what became of every accepted request; it exits 1 when a promise broke.
"""

import argparse
import shutil
import signal
import sys

from benchmarks.scratch import environment, run, scratch

DELAY = "delay=400+-220"


def main() -> int:
    """Besieges each database, plain and delayed, each time with a fresh database and fresh processes."""
    wanted = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not shutil.which("siege"):
        sys.exit("This needs the program siege, which is not installed (on Debian: apt-get install siege).")
    try:
        failed = [
            (kind, faults) for kind in wanted.databases for faults in ("", DELAY) if _besiege(kind, faults, wanted)
        ]
    except KeyboardInterrupt:
        return 130
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.siege", description=__doc__)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgres"], help="sqlite, postgres, or both")
    parser.add_argument("--seconds", type=int, default=60, help="how long each siege lasts")
    parser.add_argument("--clients", type=int, default=100, help="how many besiege at the same time")
    wanted = parser.parse_args()
    if unknown := set(wanted.databases) - {"sqlite", "postgres"}:
        parser.error(f"there is no siege of {', '.join(unknown)}")
    return wanted


def _besiege(kind: str, faults: str, wanted: argparse.Namespace) -> int:
    with scratch(kind) as (folder, url):
        # Faults are refused where DEBUG is off.
        settings = environment(folder, url) | ({"DEBUG": "1"} if faults else {})
        sizes = [f"--seconds={wanted.seconds}", f"--clients={wanted.clients}"]
        return run([sys.executable, "-m", "benchmarks.besieging", str(folder), f"--faults={faults}", *sizes], settings)


if __name__ == "__main__":
    sys.exit(main())

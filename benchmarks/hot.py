"""`python -m benchmarks.hot`: 100 clients borrow copies of one title, and as many copies of many titles.

On SQLite and on PostgreSQL, with a real web process and no worker. Rounds of both kinds take turns; the ratio of the
rates is printed last. The guard's line and patience are long, so that every borrow is decided at once.
"""

import argparse
import os
import signal
import statistics
import sys
from datetime import datetime
from itertools import cycle, islice
from pathlib import Path

import django

from benchmarks.client import Request, asking, drive
from benchmarks.scratch import environment, run, scratch
from benchmarks.serving import giving_up, processes, wait_until_served
from benchmarks.table import Table

COPIES = 1_000
ROUNDS = 2
PATRONS = 800
CLIENTS = 100
LIMIT = 120
PATIENT = {"LENDING_IN_LINE": "1000", "LENDING_PATIENCE": "60", "LENDING_SLOW": "60"}


def main() -> int:
    """Measures each database in a process of its own, since Django is set up for one only."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hot", description=__doc__)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgres"], help="sqlite, postgres, or both")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if wanted.folder:
        return _measure(wanted.folder)
    return max(_begin(kind) for kind in wanted.databases)


def _begin(kind: str) -> int:
    with scratch(kind) as (folder, url):
        settings = environment(folder, url) | PATIENT
        return run([sys.executable, "-m", "benchmarks.hot", f"--folder={folder}"], settings)


def _measure(folder: Path) -> int:
    django.setup()
    hot, spread = _fill()
    table, rates = Table(_title()), {"spread": [], "hot": []}
    port = int(os.environ["PORT"])
    with giving_up(), processes("web", folder=folder) as group:
        wait_until_served(port, group, folder)
        for which, requests in [pair for both in zip(spread, hot, strict=True) for pair in both]:
            load = drive(port, iter(requests), CLIENTS, LIMIT)
            table.add(which, load)
            rates[which].append(load.statuses[201] / load.elapsed)
    print(f"\nhot / spread: {statistics.median(rates['hot']) / statistics.median(rates['spread']):.2f}", flush=True)
    return 0


def _fill() -> tuple[list[tuple[str, list[Request]]], list[tuple[str, list[Request]]]]:
    """Rounds of borrows of one title each, and rounds of as many borrows of many titles."""
    from django.core.management import call_command  # noqa: PLC0415  (Django is set up by then)
    from django.utils import timezone  # noqa: PLC0415

    from benchmarks.town import build_town, know_the_rest  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    now = timezone.now()
    town = build_town(ROUNDS * COPIES // 2, PATRONS, now)
    hot = [("hot", _borrows_of_one(town.tokens, now)) for _ in range(ROUNDS)]
    know_the_rest()
    return hot, [("spread", list(islice(town.borrows, COPIES))) for _ in range(ROUNDS)]


def _borrows_of_one(tokens: list[str], now: datetime) -> list[Request]:
    from catalog.services import register_book  # noqa: PLC0415

    book = register_book(now=now, title="The one that everybody wants", copies=COPIES)
    return [asking("POST", "/api/v1/loans", token, {"book": book.pk}) for token in islice(cycle(tokens), COPIES)]


def _title() -> str:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    load = os.getloadavg()[0]
    return f"{connection.display_name}: {COPIES:,} borrows by {CLIENTS} clients, load on the cores before: {load:.1f}"


if __name__ == "__main__":
    sys.exit(main())

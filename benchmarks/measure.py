"""`python -m benchmarks.measure`: the table of one database, the empty one at `DATABASE_URL`.

`python -m benchmarks` calls it with all it needs.
"""

import argparse
import os
from itertools import repeat
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.client import Load, asking, bringing_back, drive  # noqa: E402
from benchmarks.delivery import (  # noqa: E402
    delays_since,
    delays_when_idle,
    gaps_between_deliveries,
    newest_event,
    note_deliveries,
    wait_for_deliveries,
    wait_until_delivered,
)
from benchmarks.serving import giving_up, processes, wait_until_served  # noqa: E402
from benchmarks.table import Table  # noqa: E402
from benchmarks.town import COPIES, Town, build_town, know_the_rest  # noqa: E402

PORT, FOLDER = int(os.environ["PORT"]), Path(os.environ["TMPDIR"])
PART_OF_BACKLOG = 4
"""How much longer than a call the worker is watched, since it has to start first."""
IDLE_BORROWS = 30


def measure(wanted: argparse.Namespace) -> None:
    """Fills the database, has one worker deliver the events, then calls the web process."""
    call_command("migrate", verbosity=0)
    note_deliveries()
    town = build_town(wanted.books, wanted.patrons, timezone.now())
    table = Table(_title(wanted))
    with processes("worker", folder=FOLDER, WORKERS="1"):
        wait_for_deliveries(PART_OF_BACKLOG * wanted.seconds)
    know_the_rest()
    _analyze()
    with processes("web", "worker", folder=FOLDER) as group:
        wait_until_served(PORT, group, FOLDER)
        _call_everything(wanted, town, table)


def _call_everything(wanted: argparse.Namespace, town: Town, table: Table) -> None:
    def load(requests: object) -> Load:
        return drive(PORT, requests, wanted.clients, wanted.seconds)

    table.add("health/live, to compare", load(repeat(asking("GET", "/health/live"))))
    gaps, elapsed = gaps_between_deliveries()
    idle = delays_when_idle(PORT, town.borrows, IDLE_BORROWS)
    before = newest_event()
    lent = load(town.borrows)
    table.add("borrow", lent)
    wait_until_delivered()
    busy = delays_since(before)
    table.add("patron's page", load(town.pages))
    table.add("search", load(town.searches))
    table.add("availability", load(town.availabilities))
    table.add("return", load(iter([bringing_back(request, body) for request, body in lent.good])))
    table.add_times("delivery, one worker", gaps, elapsed, "from one to the next")
    table.add_times("borrow to page, idle", idle, note="from the 201 until the row can be read")
    table.add_times("borrow to page, under load", busy, note="from the borrow until a worker takes it up")


def _title(wanted: argparse.Namespace) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        version = cursor.fetchone()[0].split()[0]
    return (
        f"{connection.display_name} {version}: {wanted.books:,} books with {COPIES} copies each,"
        f" {wanted.patrons:,} patrons, {wanted.clients} clients at once\n"
        f"web processes: {os.environ.get('WEB_WORKERS', 1)}, workers: {os.environ.get('WORKERS', 2)},"
        f" cores: {os.cpu_count()}, load on them before: {os.getloadavg()[0]:.1f}"
    )


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.measure")
    parser.add_argument("--seconds", type=float, required=True)
    for name in ("--clients", "--books", "--patrons"):
        parser.add_argument(name, type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    with giving_up():
        measure(_arguments())

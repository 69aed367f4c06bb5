"""`python -m benchmarks.compare`: a borrow beside its floor and beside the usual way to write it.

It uses the empty database at `DATABASE_URL`; `python -m benchmarks` calls it with all it needs. Each of the three is
measured with the same rows to write, one right after the other, on the same database server.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.at_once import wait_until_idle  # noqa: E402
from benchmarks.client import Load, Request, asking, drive  # noqa: E402
from benchmarks.floor import best_floor, fill_floor  # noqa: E402
from benchmarks.serving import GivenUp, command_of, giving_up, processes, wait_until_served  # noqa: E402
from benchmarks.table import Table  # noqa: E402
from benchmarks.town import build_town, know_the_rest  # noqa: E402

PORT, FOLDER = int(os.environ["PORT"]), Path(os.environ["TMPDIR"])
BOOKS, COPIES, PATRONS = 20_000, 3, 4_000
WARM_UP = 1


def compare(wanted: argparse.Namespace) -> None:
    """Prints the three, and how they compare."""
    call_command("migrate", verbosity=0)
    borrows = build_town(BOOKS, PATRONS, timezone.now()).borrows
    know_the_rest()
    fill_floor()
    plain = _plain_borrows()
    table, server = Table(_title(wanted)), _server(wanted)
    usual = _borrow(wanted, plain, f"{server}plain")
    table.add("one plain DRF view", usual)
    ours = _borrow(wanted, borrows, f"{server}web")
    table.add("borrow", ours)
    busy = _borrow(wanted, borrows, f"{server}web", "worker")
    table.add("borrow, workers delivering", busy)
    floor = best_floor(connection.vendor, os.environ["DATABASE_URL"], wanted.seconds)
    print(f"\nfloor, the statements alone: {floor}")
    print(f"{'':28}{'alone':>8}{'workers delivering':>22}")
    print(f"borrow / one plain DRF view {ours.rate / usual.rate:>8.2f}{busy.rate / usual.rate:>22.2f}")
    print(f"borrow / floor              {ours.rate / floor.rate:>8.1%}{busy.rate / floor.rate:>22.1%}")
    print(f"one plain DRF view / floor  {usual.rate / floor.rate:>8.1%}", flush=True)


def _borrow(wanted: argparse.Namespace, borrows: Iterator[Request], *names: str) -> Load:
    with processes(*names, folder=FOLDER) as group:
        wait_until_served(PORT, group, FOLDER)
        if "worker" not in names:  # a library's index is there; with a worker it is by then
            wait_until_idle(group.pid)
        drive(PORT, borrows, wanted.clients, WARM_UP)
        load = drive(PORT, borrows, wanted.clients, wanted.seconds)
        if load.elapsed < wanted.seconds:
            raise GivenUp("No copy is left to be borrowed: name fewer --seconds, or make more BOOKS and PATRONS.")
        return load


def _plain_borrows() -> Iterator[Request]:
    """Makes the plain view's own database, beside ours, and the calls of its patrons."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE plain")
    server, _, kind = os.environ["DATABASE_URL"].rpartition("/library")
    os.environ["PLAIN_URL"] = f"{server}/plain{kind}"
    sizes = [str(size) for size in (BOOKS, COPIES, PATRONS)]
    filling = [sys.executable, "-m", "benchmarks.plain.filling", *sizes]
    tokens = subprocess.run(filling, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    books = [1 + number % BOOKS for number in range(BOOKS * COPIES)]
    return iter(
        [asking("POST", "/loans", token, {"book": book}) for book, token in zip(books, cycle(tokens), strict=False)]
    )


def _server(wanted: argparse.Namespace) -> str:
    return "gunicorn:" if wanted.gunicorn else ""


def _title(wanted: argparse.Namespace) -> str:
    return (
        f"{connection.display_name}: a borrow, {wanted.clients} clients at once; cores: {os.cpu_count()},"
        f" load on them before: {os.getloadavg()[0]:.1f}\n{command_of(f'{_server(wanted)}web')}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--clients", type=int, required=True)
    parser.add_argument("--gunicorn", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    with giving_up("comparison"):
        compare(_arguments())

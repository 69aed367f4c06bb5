"""`python -m benchmarks.open_pages`: how much of the borrow rate 1,000 open book pages with live stock leave.

On SQLite and on PostgreSQL, one web process as the Procfile starts it: 100 clients borrow, with the pages open and
without, by turns. The ratio of the medians is printed last; 90 % is the aim. Beside it stands that of the web process'
processor time for a borrow, which is hardly moved by what else a machine does. The bulkhead's queue and timeout are
long, so that every borrow is decided at once. The pages live in a process of their own, whose share of a core is
printed too: on a machine of two cores it is taken from the server.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

from benchmarks.client import drive
from benchmarks.hot import PATIENT
from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases
from benchmarks.serving import DidNotStart, giving_up, processes, wait_until_served
from tests.chaos.system import children_of

CLIENTS, PAGES, TURNS, SECONDS = 100, 1_000, 6, 5
BOOKS, PATRONS = 20_000, 8_000
"""Two copies each, and five for each patron: at 480 borrows a second they last to the end."""
AIM, IDLE = 0.9, 0.1


def main() -> int:
    """Measures each database in a process of its own, since Django is set up for one only."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.open_pages", description=__doc__)
    which_databases(parser)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    return _measure(wanted.folder) if wanted.folder else on_each_database(wanted.databases, _begin)


def _begin(kind: str) -> int:
    with scratch(kind) as (folder, url):
        settings = environment(folder, url) | PATIENT
        return run([sys.executable, "-m", "benchmarks.open_pages", f"--folder={folder}"], settings)


def _measure(folder: Path) -> int:
    django.setup()
    borrows, first = _fill()
    port, found = int(os.environ["PORT"]), {"without": [], "with": []}
    with giving_up(), processes("web", folder=folder) as group:
        wait_until_served(port, group, folder)
        server = children_of(children_of(children_of(group.pid)[0])[0])
        drive(port, borrows, CLIENTS, 2)  # the first ones of a process are slower
        _wait_until_idle(server)
        _alone(port, first, server)
        for _ in range(TURNS):
            found["without"].append(_borrow_rate(port, borrows, server, "without pages"))
            with _pages(port, first) as seen:
                found["with"].append(_borrow_rate(port, borrows, server, f"with {PAGES:,} pages"))
            _show_pages(seen)
    _show_medians(found)
    return 0


def _show_medians(found: dict[str, list[tuple[float, float]]]) -> None:
    rates, took = (
        {name: statistics.median(turn[which] for turn in turns) for name, turns in found.items()} for which in (0, 1)
    )
    print(f"\nmedians: {rates['without']:.1f}/s without, {rates['with']:.1f}/s with the pages", flush=True)
    print(f"with / without: {rates['with'] / rates['without']:.1%} (the aim is {AIM:.0%})", flush=True)
    print(
        f"processor time of the web process for a borrow: {took['without']:,.0f} us without,"
        f" {took['with']:,.0f} us with the pages; without / with: {took['without'] / took['with']:.1%}",
        flush=True,
    )


def _fill() -> tuple[Iterator[Any], int]:
    """The borrows, and the id of the first book."""
    from django.core.management import call_command  # noqa: PLC0415  (Django is set up by then)
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from benchmarks.town import build_town, know_the_rest  # noqa: PLC0415
    from catalog.models import Book  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    town = build_town(BOOKS, PATRONS, timezone.now())
    know_the_rest()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    print(f"\n{connection.display_name}: {CLIENTS} clients borrow, load before: {os.getloadavg()[0]:.1f}", flush=True)
    return town.borrows, Book.objects.earliest("pk").pk


def _borrow_rate(port: int, borrows: Iterator[Any], server: list[int], name: str) -> tuple[float, float]:
    """Borrows in a second, and the microseconds that one took of the web process, the polls meanwhile among them."""
    used = _seconds_of(server)
    load = drive(port, borrows, CLIENTS, SECONDS)
    if next(borrows, None) is None:
        sys.exit(f"{name}: there is nothing left to borrow. A faster machine needs more BOOKS and PATRONS.")
    used = (_seconds_of(server) - used) / load.elapsed
    print(
        f"{name:20}{load.rate:9.1f} borrows/s   web {used:.0%} of a core, clients {load.client_share:.0%}", flush=True
    )
    return load.rate, used / load.rate * 1e6


def _wait_until_idle(server: list[int]) -> None:
    """Returns once the process has built its search index, which takes it some seconds."""
    used = -1.0
    while (now := _seconds_of(server)) - used > IDLE:
        used = now
        time.sleep(1)


def _alone(port: int, first: int, server: list[int]) -> None:
    """What the pages cost when nobody borrows."""
    with _pages(port, first) as seen:
        used, began = _seconds_of(server), time.monotonic()
        time.sleep(SECONDS)
        share = (_seconds_of(server) - used) / (time.monotonic() - began)
    _show_pages(seen)
    print(f"alone they take {share:.1%} of a core of the web process: {share / seen['per_second'] * 1e6:.0f} us a poll")


@contextmanager
def _pages(port: int, first: int) -> Iterator[dict[str, Any]]:
    """The open pages; what they saw is there after the block."""
    command = [sys.executable, "-m", "benchmarks.polling", str(port), str(first), str(PAGES)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as pages:
        assert pages.stdin
        assert pages.stdout
        if pages.stdout.readline() != "open\n":
            raise DidNotStart("The pages could not be opened.")
        seen: dict[str, Any] = {}
        yield seen
        pages.stdin.close()
        seen |= json.loads(pages.stdout.read())


def _show_pages(seen: dict[str, Any]) -> None:
    polls = f"{seen['per_second']:9.1f} polls/s, {seen['news']:.1f} with news"
    said = f"{seen['statuses']}, {seen['empty']} empty, pages' process {seen['share']:.1%} of a core"
    print(f"{'':20}{polls}, {said}", flush=True)


def _seconds_of(pids: list[int]) -> float:
    """The processor time that processes have used."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())

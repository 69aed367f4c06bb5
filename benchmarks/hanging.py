"""`python -m benchmarks.hanging`: how late the page is while ten receivers of webhooks accept and never answer.

On SQLite and on PostgreSQL, with the real web and worker processes, one borrow after the other: seconds from the answer
until the loan is on the page.
"""

import argparse
import os
import random
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_server, socket

import django

from benchmarks.client import Connection
from benchmarks.scratch import environment, on_each_database, run, scratch, which_databases
from benchmarks.serving import giving_up, processes, wait_until_served

RECEIVERS = 10
BORROWS = 20
PATRONS = 50
ALL_ARRIVE_WITHIN = 8


def main() -> int:
    """Measures each database in a process of its own, since Django is set up for one only."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hanging", description=__doc__)
    which_databases(parser)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    return _measure(wanted.folder) if wanted.folder else on_each_database(wanted.databases, _begin)


def _begin(kind: str) -> int:
    with scratch(kind) as (folder, url):
        settings = environment(folder, url) | {"DEBUG": "1"}  # else no webhook may go to this machine
        return run([sys.executable, "-m", "benchmarks.hanging", f"--folder={folder}"], settings)


def _measure(folder: Path) -> int:
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  (Django is set up by then)
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from benchmarks.delivery import wait_until_delivered  # noqa: PLC0415
    from benchmarks.town import build_town, know_the_rest  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    town = build_town(3 * BORROWS, PATRONS, timezone.now())
    know_the_rest()
    port = int(os.environ["PORT"])
    with giving_up(), processes("worker", "web", folder=folder) as group, _hanging() as (address, taken):
        wait_until_served(port, group, folder)
        _delays(port, town.borrows, 1)  # the first one waits for the workers to start
        wait_until_delivered()
        print(f"\n{connection.display_name}, {BORROWS} borrows, load before: {os.getloadavg()[0]:.1f}")
        _show("nobody hangs", _delays(port, town.borrows, BORROWS))
        _register(address)
        _delays(port, town.borrows, 1)
        deadline = time.monotonic() + ALL_ARRIVE_WITHIN
        while len(taken) < RECEIVERS and time.monotonic() < deadline:
            time.sleep(0.05)
        _show(f"{len(taken)} of {RECEIVERS} hang", _delays(port, town.borrows, BORROWS))
    return 0


def _delays(port: int, borrows: Iterator, number: int) -> list[float]:
    from benchmarks.delivery import delay  # noqa: PLC0415

    luck = random.Random(20_261_128)
    with Connection(port) as connection:
        return [delay(connection, next(borrows), luck) for _ in range(number)]


def _show(name: str, delays: list[float]) -> None:
    middle, worst = statistics.median(delays), max(delays)
    print(f"{name:20}  p50 {middle * 1_000:7.0f} ms   longest {worst * 1_000:7.0f} ms", flush=True)


def _register(address: str) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from webhooks.services import register_endpoint  # noqa: PLC0415

    person = User.objects.earliest("pk").pk
    for number in range(RECEIVERS):
        register_endpoint(url=f"{address}{number}", names=[], by_id=person, now=timezone.now())


@contextmanager
def _hanging() -> Iterator[tuple[str, list[socket]]]:
    """The address of a server that accepts connections and never answers, and the connections that it has."""
    taken: list[socket] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                taken.append(server.accept()[0])

    with create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", taken


if __name__ == "__main__":
    sys.exit(main())

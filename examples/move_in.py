"""`python examples/move_in.py BOOKS PATRONS LOANS`: from three files of another system to a working library.

Calls the commands in their order, each as it can be called by hand, and delivers what they announce, whether a worker
runs or not: import_books, import_patrons, import_loans, sweep_overdue, rebuild_search, and check_dashboard at the end.
The database must be migrated. The same files again change nothing, so a rehearsal is a run with another `DATABASE_URL`.

Exit status: 0 when the library has every record of the files now, 3 when some records could not be taken or are in
doubt (the pages of the imports say which), 1 when a file can't be read or the pages are not right.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from django.core.management import CommandError, call_command
from django.utils import timezone

SOME_LOST = 3
TIMEOUT = timedelta(minutes=10)
"""How long a worker that is at the last deliveries is waited for."""


def main() -> int:
    """Moves in by the files of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("books", "patrons", "loans"):
        parser.add_argument(name, type=Path, metavar=name.upper())
    wanted = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # a line for each delivery is too much here
    django.setup()
    try:
        return move_in(wanted.books, wanted.patrons, wanted.loans)
    except CommandError as error:
        print(error, file=sys.stderr)
        return error.returncode


def move_in(books: Path, patrons: Path, loans: Path) -> int:
    """Takes the files in and makes everybody hear of it; 0, or 3 where a record was left out. Raises `CommandError`."""
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("books", lambda: call_command("import_books", str(books))),
        ("heard of", deliver),
        ("patrons", lambda: call_command("import_patrons", str(patrons), new_categories=True)),
        ("heard of", deliver),
        ("open loans", lambda: call_command("import_loans", str(loans))),
        ("overdue", lambda: call_command("sweep_overdue")),
        ("heard of", deliver),
        ("search", lambda: call_command("rebuild_search")),
        ("pages", lambda: call_command("check_dashboard")),
    ]
    status = 0
    for name, step in steps:
        begun = time.perf_counter()
        status = max(status, done(step))
        print(f"{name:12} {time.perf_counter() - begun:6.1f} s", flush=True)
    return status


def done(step: Callable[[], Any]) -> int:
    """Does a step: 0, or 3 where some records of a file were not taken. Raises `CommandError` for everything worse."""
    try:
        step()
    except CommandError as error:
        if error.returncode != SOME_LOST:
            raise
        print(error)
        return SOME_LOST
    return 0


def deliver() -> None:
    """Delivers what waits. Raises `CommandError` where something fails, or takes too long."""
    # Django must be set up before the bus can be imported.
    from kernel.eventbus.delivery.queries import pending_deliveries  # noqa: PLC0415
    from kernel.eventbus.delivery.worker import deliver_round  # noqa: PLC0415

    end = time.monotonic() + TIMEOUT.total_seconds()
    while (claimed := deliver_round(timezone.now)) or pending_deliveries()["waiting"]:
        if not claimed:  # a worker is at them, or they failed and rest
            time.sleep(0.1)
        if time.monotonic() > end:
            raise CommandError("Some deliveries wait or fail: ./manage.py doctor says which.")
    if dead := pending_deliveries()["dead"]:
        raise CommandError(f"{dead} deliveries are dead: ./manage.py doctor says which.")


if __name__ == "__main__":
    sys.exit(main())

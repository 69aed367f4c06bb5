"""`python -m benchmarks.coming_back`: returns of two books in the empty database at `DATABASE_URL`, by turns: one that
nobody waits for, and one that many do; by the service in this process, and by the API of the web process.

`python -m benchmarks.holds` calls it with all it needs.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from knox.models import AuthToken  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.client import Connection, asking  # noqa: E402
from benchmarks.holding import STEP, people  # noqa: E402
from benchmarks.made import go_on_counting, know_the_sizes, make  # noqa: E402
from benchmarks.measured import server_time  # noqa: E402
from benchmarks.serving import giving_up, processes, wait_until_served  # noqa: E402
from kernel.eventbus.delivery.dispatch import wake  # noqa: E402
from lending.checkout.services import borrow_book  # noqa: E402
from lending.models import Copy, Hold  # noqa: E402
from lending.returns.services import return_book  # noqa: E402

PORT = int(os.environ["PORT"])
WARM = 5
Way = Callable[[Copy], Callable[[], object]]
Medians = tuple[float, float]
"""Milliseconds: of returns that nobody waits for, and of those that many do."""


def main(wanted: argparse.Namespace) -> None:
    """Lends and takes back two books by turns, one of which so many wait for: by the service, and over the API."""
    call_command("migrate", verbosity=0)
    now = timezone.now()
    _wait_for_one_of_two(wanted.waiters, now)
    librarian = User.objects.create(card_number="L-1", name="사서", password="!", is_staff=True, is_superuser=True)
    token = AuthToken.objects.create(librarian)[1]

    def by_service(copy: Copy) -> Callable[[], object]:
        loan = copy.lines.get(ending="").loan_id
        return lambda: return_book(loan, now=timezone.now())

    print(
        f"\n{connection.display_name}: a return, {wanted.waiters:,} waiting for one of two books,"
        f" {wanted.turns} turns each, cores: {os.cpu_count()}, load on them before: {os.getloadavg()[0]:.1f}\n"
        f"{'':24}{'nobody waits':>14}{'many wait':>12}{'ratio':>8}"
        "   (medians of ms by the clock; of a processor, with the server's)",
        flush=True,
    )
    _print("return_book", *_by_turns(wanted.turns, by_service))
    folder = Path(os.environ["TMPDIR"])
    with processes("web", folder=folder) as group:
        wait_until_served(PORT, group, folder)
        with Connection(PORT) as client:

            def over_api(copy: Copy) -> Callable[[], object]:
                request = asking("POST", "/api/v1/returns", token, {"barcode": copy.barcode})
                return lambda: _answered(*client.ask(request))

            clock, _here = _by_turns(wanted.turns, over_api)
            _print("POST /api/v1/returns", clock)


def _print(name: str, clock: Medians, processor: Medians | None = None) -> None:
    for unit, medians in (("", clock), (" (processor)", processor)):
        if medians:
            alone, waited = medians
            print(f"{name + unit:34}{alone:>4.2f}{waited:>12.2f}{waited / alone:>8.2f}", flush=True)


def _answered(status: int, body: bytes) -> None:
    assert status == 200, body


def _by_turns(turns: int, way: Way) -> list[Medians]:
    """By the clock and of a processor: what returns of the first book took, and of the second. The first turns are not
    counted."""
    taken: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
    for _turn in range(WARM + turns):
        for book, times in taken.items():
            times.append(_one_return(book, way))
    of_books = [zip(*times[WARM:], strict=True) for times in taken.values()]
    return list(zip(*([1_000 * statistics.median(one) for one in times] for times in of_books), strict=True))


def _one_return(book: int, way: Way) -> tuple[float, float]:
    """The book is lent to who may have it, which is not measured, and comes back. A worker was just woken then: which
    of the two would do it, of whom come eight times a second, would be chance."""
    ready = Hold.objects.filter(book=book, status="ready").first()
    borrow_book(patron_id=ready.patron_id if ready else 1, book_id=book, now=timezone.now())
    work = way(Copy.objects.get(book=book))
    wake()
    began, used = time.perf_counter(), _used()
    work()
    return time.perf_counter() - began, _used() - used


def _used() -> float:
    """The seconds of a processor that this process has had, and PostgreSQL's for this connection."""
    return time.process_time() + server_time()


def _wait_for_one_of_two(waiters: int, now: datetime) -> None:
    """Book 1, for which nobody waits, and book 2, for which everybody does; one copy of each."""
    with transaction.atomic():
        people(waiters + 1, now)
        for number in (1, 2):
            facts = {"number": number}
            make("lending_book", "id, title, revision, withdrawn", "%(number)s, '토지', 1, false", last=1, **facts)
            make("lending_queue", "book_id", "%(number)s", last=1, **facts)
            make(
                "lending_copy",
                "id, book_id, barcode, type, for_loan, revision, place, withdrawn, moves, waited_for",
                "%(number)s, %(number)s, 'S' || %(number)s, '', true, 1, 'shelf', false, 1, false",
                last=1,
                **facts,
            )
    go_on_counting("accounts_user")
    borrow_book(patron_id=1, book_id=2, now=now)
    make(
        "lending_hold",
        "patron_id, book_id, volume, title, status, place, placed_at, cancel_reason, version",
        f"1 + n, 2, '', '토지', 'waiting', CAST(n AS bigint) * {STEP}, %(now)s, '', 1",
        last=waiters,
        now=now,
    )
    Copy.objects.filter(pk=2).update(waited_for=True)
    know_the_sizes()
    return_book(Copy.objects.get(pk=2).lines.get(ending="").loan_id, now=now)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coming_back")
    parser.add_argument("--waiters", type=int, required=True)
    parser.add_argument("--turns", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    with giving_up():
        main(_arguments())

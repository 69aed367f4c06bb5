"""`python -m benchmarks.delivered`: lends in the empty database at `DATABASE_URL`, and what delivering that costs.

`python -m benchmarks.delivering` calls it with all it needs. Processor time, of this process and of the database's own
process that serves it: what others do on the machine meanwhile changes nothing of it.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.services import register_patron  # noqa: E402
from benchmarks.made import know_the_sizes  # noqa: E402
from benchmarks.measured import server_time  # noqa: E402
from catalog.services import register_book  # noqa: E402
from kernel.eventbus.delivery.worker import STATEMENTS, deliver_round  # noqa: E402
from kernel.storage.databases import atomic_in  # noqa: E402
from lending.checkout.services import borrow_book  # noqa: E402
from lending.returns.services import return_book  # noqa: E402

PEOPLE = 20


def main() -> None:
    """Prints the milliseconds of a borrow with its return, and of delivering their events."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.delivered")
    parser.add_argument("--loans", type=int, required=True)
    parser.add_argument("--together", type=int, required=True, help="loans between two rounds of a worker")
    wanted = parser.parse_args()
    call_command("migrate", verbosity=0)
    town = [_settle(number) for number in range(PEOPLE)]
    _deliver()
    know_the_sizes()
    lending, delivering, turn, delivered = Spent(), Spent(), count(), 0
    while (done := next(turn)) < wanted.loans // wanted.together + 2:
        if done == 2:  # what is done first is done once: statements are prepared, modules imported
            lending, delivering, delivered = Spent(), Spent(), 0
        with lending.measured():
            for patron, book in (town[number % PEOPLE] for number in range(wanted.together)):
                with atomic_in("lending"):
                    return_book(borrow_book(patron_id=patron, book_id=book, now=timezone.now()).pk, now=timezone.now())
        with STATEMENTS.in_use(), delivering.measured():
            delivered += _deliver()
    loans = wanted.loans // wanted.together * wanted.together
    print(f"{connection.vendor}, {wanted.together} at once, {delivered / loans:.0f} deliveries a loan; ms a loan:")
    for words, spent in (("lent and taken back", lending), ("delivered", delivering)):
        print(f"  {words:20} {spent.here / loans * 1e3:6.2f} here {spent.there / loans * 1e3:6.2f} in the server")


class Spent:
    """Processor seconds: of this process, and of the database's."""

    def __init__(self) -> None:
        self.here = self.there = 0.0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Adds what is spent meanwhile."""
        here, there = time.process_time(), server_time()
        yield
        self.here += time.process_time() - here
        self.there += server_time() - there


def _settle(number: int) -> tuple[int, int]:
    now = timezone.now()
    patron = register_patron(card_number=f"D-{number}", name="박완서", password="delivers all of it", now=now)
    return patron.pk, register_book(now=now, title=f"싱아 {number}", authors=["박완서"], copies=3).pk


def _deliver() -> int:
    delivered = 0
    while found := deliver_round(timezone.now):
        delivered += found
    return delivered


if __name__ == "__main__":
    main()

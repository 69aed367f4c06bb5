"""`python -m benchmarks.growing`: lends and takes back in the empty database at `DATABASE_URL`, and measures tables.

`python -m benchmarks.growth` calls it with all it needs.
"""

import argparse
from collections import Counter
from collections.abc import Callable

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_q.models import OrmQ  # noqa: E402

from accounts.services import register_patron  # noqa: E402
from benchmarks.made import know_the_sizes  # noqa: E402
from catalog.services import register_book  # noqa: E402
from kernel.eventbus.delivery.worker import deliver_round  # noqa: E402
from kernel.eventbus.models import SnapshotPart  # noqa: E402
from kernel.eventbus.registry import installed_read_models  # noqa: E402
from kernel.eventbus.stream.log import end_of_log  # noqa: E402
from kernel.eventbus.stream.snapshots import take_snapshot  # noqa: E402
from kernel.progress import progress_bar  # noqa: E402
from kernel.storage.databases import atomic_in  # noqa: E402
from lending.checkout.services import borrow_book  # noqa: E402
from lending.returns.services import return_book  # noqa: E402

MILLION = 1_000_000
SIZES = {
    "postgresql": "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    "sqlite": "SELECT coalesce(made.tbl_name, room.name), sum(room.pgsize) FROM dbstat room"
    " LEFT JOIN sqlite_master made ON made.name = room.name GROUP BY 1",
}
TOGETHER = 100
LEAST = 20_000_000
"""Bytes that are worth a line."""


def main() -> None:
    """Prints the megabytes of each table for a million loans."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growing")
    parser.add_argument("--loans", type=int, required=True)
    loans = parser.parse_args().loans
    call_command("migrate", verbosity=0)
    now = timezone.now()
    patron = register_patron(card_number="G-1", name="박완서", password="grows and grows", now=now)
    book = register_book(now=now, title="그 많던 싱아는 누가 다 먹었을까", authors=["박완서"], copies=1)
    _work()
    with progress_bar("lend and take back", TOGETHER + loans) as progress:
        _lend_and_take_back(TOGETHER, patron.pk, book.pk, progress)
        before = _sizes()  # what is used again and again is there by now
        _lend_and_take_back(loans, patron.pk, book.pk, progress)
    after = _sizes()
    grown = {name: (after[name] - before[name]) * MILLION / loans for name in after}
    print(f"{connection.vendor}: megabytes for a million loans, by {loans} of them")
    for name, size in sorted(grown.items(), key=lambda row: -row[1]):
        if size > LEAST:
            print(f"  {name:30} {size / 1e6:7.0f}")
    print(f"  {'together':30} {sum(grown.values()) / 1e6:7.0f}")
    _print_snapshots(loans)


def _print_snapshots(loans: int) -> None:
    """What takes the events' place once their month is closed."""
    for context, tables in installed_read_models().items():
        take_snapshot(context, tables, now=timezone.now())
    size = sum(len(part.rows) for part in SnapshotPart.objects.iterator(chunk_size=1))
    print(f"  {'snapshots, in place of events':30} {size * MILLION / (TOGETHER + loans) / 1e6:7.0f}")


def _lend_and_take_back(loans: int, patron: int, book: int, progress: Callable[[int], None]) -> None:
    for done in range(loans):
        with atomic_in("lending"):
            return_book(borrow_book(patron_id=patron, book_id=book, now=timezone.now()).pk, now=timezone.now())
        if done % TOGETHER == 0:
            _work()
        progress(1)
    _work()


def _work() -> None:
    """What workers, readers and the database do meanwhile: deliver, give the events their positions, and vacuum."""
    while deliver_round(timezone.now):
        pass
    end_of_log()
    OrmQ.objects.all().delete()
    know_the_sizes()


def _sizes() -> Counter[str]:
    with connection.cursor() as cursor:
        cursor.execute(SIZES[connection.vendor])
        return Counter({name: int(size) for name, size in cursor.fetchall()})


if __name__ == "__main__":
    main()

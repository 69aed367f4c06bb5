"""`python -m benchmarks.growing`: lends and takes back in the empty database at `DATABASE_URL`, and measures tables.

`python -m benchmarks.growth` calls it with all it needs.
"""

import argparse
import re
from collections import Counter
from collections.abc import Callable

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_q.models import OrmQ  # noqa: E402

from accounts.services import register_patron  # noqa: E402
from benchmarks.growing_year import close_the_first_months, fill_a_year  # noqa: E402
from benchmarks.made import know_the_sizes  # noqa: E402
from catalog.services import register_book  # noqa: E402
from kernel.eventbus.delivery.worker import deliver_round  # noqa: E402
from kernel.eventbus.stream.log import end_of_log  # noqa: E402
from kernel.progress import progress_bar  # noqa: E402
from kernel.storage.databases import atomic_in  # noqa: E402
from lending.checkout.services import borrow_book  # noqa: E402
from lending.returns.services import return_book  # noqa: E402

MILLION = 1_000_000
SIZES = {
    "postgresql": "SELECT relname, relname, pg_total_relation_size(oid) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    "sqlite": "SELECT coalesce(made.tbl_name, room.name), room.name, sum(room.pgsize) FROM dbstat room"
    " LEFT JOIN sqlite_master made ON made.name = room.name GROUP BY 1",
}
INDEXES = {
    "postgresql": "SELECT of.relname, index.relname, pg_relation_size(index.oid) FROM pg_index"
    " JOIN pg_class index ON index.oid = indexrelid JOIN pg_class of ON of.oid = indrelid"
    " WHERE index.relkind = 'i' AND of.relnamespace = 'public'::regnamespace",
    "sqlite": "SELECT made.tbl_name, room.name, sum(room.pgsize) FROM dbstat room"
    " JOIN sqlite_master made ON made.name = room.name AND made.type = 'index' GROUP BY 2",
}
MONTH = re.compile(r"_(first|\d{4}_\d\d)(?=_|$)")
TOGETHER = 100
LEAST = 5_000_000
"""Bytes that are worth a line."""


def main() -> None:
    """Prints the megabytes of each table, and of each index, for a million loans."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growing")
    for name in ("--loans", "--year"):
        parser.add_argument(name, type=int, required=True)
    wanted = parser.parse_args()
    call_command("migrate", verbosity=0)
    now = timezone.now()
    patron = register_patron(card_number="G-1", name="박완서", password="grows and grows", now=now)
    book = register_book(now=now, title="그 많던 싱아는 누가 다 먹었을까", authors=["박완서"], copies=1)
    _work()
    with progress_bar("lend and take back", TOGETHER + wanted.loans + wanted.year) as progress:
        _lend_and_take_back(TOGETHER, patron.pk, book.pk, progress)
        before = _sizes(SIZES), _sizes(INDEXES)  # what is used again and again is there by now
        _lend_and_take_back(wanted.loans, patron.pk, book.pk, progress)
        _print_growth(f"lent and taken back one by one, {wanted.loans} of them", before, wanted.loans)
        if wanted.year:
            _measure_a_year(wanted.year, progress)


def _measure_a_year(loans: int, progress: Callable[[int], None]) -> None:
    before = _sizes(SIZES), _sizes(INDEXES)
    made = fill_a_year(loans, progress)
    _print_growth(f"a year of {made} loans, everything kept", before, made)
    closed = close_the_first_months()
    know_the_sizes()
    others = tuple(Counter({of: size for of, size in sizes.items() if of[0] != "eventbus_event"}) for sizes in before)
    _print_growth(f"the same with {closed} months closed", others, made)


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


Sizes = Counter[tuple[str, str]]
"""Bytes, by the names of a table and of what takes them."""


def _print_growth(what: str, before: tuple[Sizes, ...], loans: int) -> None:
    print(f"{connection.vendor}: megabytes for a million loans; {what}")
    tables, indexes = (
        {name: (size - then[name]) * MILLION / loans for name, size in _sizes(asked).items()}
        for asked, then in zip((SIZES, INDEXES), before, strict=True)
    )
    for (table, _), size in sorted(tables.items(), key=lambda row: -row[1]):
        if size > LEAST:
            own = {index: room for (of, index), room in indexes.items() if of == table and room > LEAST}
            print(f"  {table:30} {size / 1e6:7.0f}   rows {(size - sum(own.values())) / 1e6:.0f}")
            for index, room in sorted(own.items(), key=lambda row: -row[1]):
                print(f"      {index:50} {room / 1e6:7.0f}")
    print(f"  {'together':30} {sum(tables.values()) / 1e6:7.0f}", flush=True)


def _sizes(statements: dict[str, str]) -> Sizes:
    """The months of the log are one table."""
    found: Sizes = Counter()
    with connection.cursor() as cursor:
        cursor.execute(statements[connection.vendor])
        for table, name, size in cursor.fetchall():
            found[MONTH.sub("", table), MONTH.sub("", name) if statements is INDEXES else ""] += int(size)
    return found


if __name__ == "__main__":
    main()

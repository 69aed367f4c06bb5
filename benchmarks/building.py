"""`python -m benchmarks.building`: fills the empty database at `DATABASE_URL` with a library of any size.

`python -m benchmarks.data` calls it with all it needs. What happened before is as it would be kept: every loan with its
line, its return and its row on a page; the events of the last tenth, delivered long since.
"""

import argparse
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.made import copy_rows, execute, go_on_counting, indexed_afterwards, know_the_sizes, make  # noqa: E402
from benchmarks.titles import titles  # noqa: E402
from catalog.models import Book  # noqa: E402
from catalog.rules import title_key  # noqa: E402
from catalog.shelf_order import shelf_key  # noqa: E402
from kernel.progress import progress_bar  # noqa: E402

COPIES = 2
PIECE = 100_000
BOOK = [
    "id", "title", "authors", "language", "revision", "match_key", "loans_before",
    "publisher", "call_number", "description", "isbn_addon", "volume", "series", "class_number", "class_scheme",
    "subjects", "other_isbns", "other_titles", "access_points", "shelf_key", "published_year",
]  # fmt: skip
UUIDS = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
key_of = cache(shelf_key)
TITLE = "'The ' || (1 + n %% %(books)s) || '. book 책'"


def build(wanted: argparse.Namespace) -> None:
    """Makes everything: books and people, what is out now, and what came back."""
    call_command("migrate", verbosity=0)
    if connection.vendor == "sqlite":
        execute("PRAGMA synchronous = OFF")
        execute("PRAGMA cache_size = -500000")
    now = timezone.now()
    steps = (_books, _copies, _people, _loans, _pages, _events)
    with progress_bar("rows", wanted.books * 5 + wanted.patrons * 4 + wanted.loans * 4) as progress:
        for step in steps:
            step(wanted, now, progress)
    sequences = ("accounts_user", "catalog_book", "catalog_copy", "lending_loan")
    go_on_counting(*sequences)
    know_the_sizes()


def _books(wanted: argparse.Namespace, now: datetime, progress: Callable[[int], None]) -> None:
    with indexed_afterwards("catalog_book"):
        numbered = enumerate(titles(wanted.books), 1)
        for start in range(0, wanted.books, PIECE):
            count = min(PIECE, wanted.books - start)
            books = [_book(*next(numbered), now) for _ in range(count)]
            with transaction.atomic():
                copy_rows("catalog_book", [*BOOK, "registered_at"], _rows(books))
            progress(count)
    make(
        "lending_book",
        "id, title, main_class, revision, withdrawn",
        f"n, {TITLE}, CAST(n * 7 %% 1000 / 100 AS text), 1, false",
        last=wanted.books,
        books=wanted.books,
    )
    progress(wanted.books)


def _book(number: int, told: tuple[str, str, str], now: datetime) -> Book:
    title, author, language = told
    call_number = f"{number * 7 % 1000:03d} 김{number % 97}ㅅ"
    return Book(
        pk=number,
        title=title,
        authors=[author],
        language=language,
        published_year=1950 + number % 75,
        class_number=call_number[:3],
        class_scheme="kdc",
        call_number=call_number,
        shelf_key=key_of(call_number),
        registered_at=now - timedelta(minutes=number),
    )


def _rows(books: list[Book]) -> Iterator[tuple]:
    for book in books:
        yield (
            book.pk, book.title, f'["{book.authors[0]}"]', book.language, 1, title_key(book.title), 0,
            "", book.call_number, *[""] * 4, book.class_number, book.class_scheme, *["[]"] * 4, book.shelf_key,
            book.published_year, connection.ops.adapt_datetimefield_value(book.registered_at),
        )  # fmt: skip


def _copies(wanted: argparse.Namespace, now: datetime, progress: Callable[[int], None]) -> None:
    """The first ones are out, one for each patron."""
    last, out = wanted.books * COPIES, wanted.patrons
    with indexed_afterwards("catalog_copy", "lending_copy"):
        make(
            "catalog_copy",
            "id, book_id, barcode, for_loan, shelving_mark, volume, copy_number, room, items, revision, added_at,"
            " lendable, place, loan, moves",
            "n, 1 + n %% %(books)s, 'B' || n, true, CASE WHEN n %% 20 = 0 THEN 'R' ELSE '' END, '', '',"
            " CASE n %% 10 WHEN 0 THEN '어린이자료실' WHEN 1 THEN '보존서고' ELSE '종합자료실' END, '[]', 1, %(then)s,"
            " n > %(out)s, CASE WHEN n <= %(out)s THEN 'loan' ELSE 'shelf' END, NULL, 0",
            last=last,
            books=wanted.books,
            out=out,
            then=now - timedelta(days=365),
        )
        make(
            "lending_copy",
            "id, book_id, barcode, type, for_loan, revision, place, withdrawn, moves",
            "n, 1 + n %% %(books)s, 'B' || n, '', true, 1,"
            " CASE WHEN n <= %(out)s THEN 'loan' ELSE 'shelf' END, false, 0",
            last=last,
            books=wanted.books,
            out=out,
        )
    progress(wanted.books * 3)


def _people(wanted: argparse.Namespace, now: datetime, progress: Callable[[int], None]) -> None:
    make(
        "accounts_user",
        "id, card_number, name, email, language, is_staff, is_superuser, is_active, password, registered_at",
        "n, 'P-' || n, 'Patron ' || n, '', 'ko', false, false, true, '!', %(now)s",
        last=wanted.patrons,
        now=now,
    )
    make("lending_patron", "user_id", "n", last=wanted.patrons)
    make("dashboard_userinfo", "patron_id", "n", last=wanted.patrons)
    progress(wanted.patrons * 3)


def _loans(wanted: argparse.Namespace, now: datetime, progress: Callable[[int], None]) -> None:
    """The newest loan of each patron is open, all the others came back in time."""
    last, returned = wanted.loans + wanted.patrons, f"n <= {wanted.loans}"
    ago = {"moment": _moment(f"{last} - n"), "day": _day(f"{last} - n")}
    sizes = {"books": wanted.books, "patrons": wanted.patrons, "copies": wanted.books * COPIES, "now": now}
    today = {"today": timezone.localdate(now)}
    with indexed_afterwards("lending_loan", "lending_loanline", "lending_return"):
        make(
            "lending_loan",
            "id, patron_id, book_id, title, quantity, status, requested_at, borrowed_at, due_on, returned_at,"
            " renewals, cancel_reason, version",
            f"n, 1 + n %% %(patrons)s, 1 + n %% %(books)s, {TITLE}, 1,"
            f" CASE WHEN {returned} THEN 'returned' ELSE 'active' END, {ago['moment']}, {ago['moment']}, {ago['day']},"
            f" CASE WHEN {returned} THEN {ago['moment']} END, 0, '', CASE WHEN {returned} THEN 2 ELSE 1 END",
            last=last,
            **sizes,
            **today,
        )
        progress(wanted.loans)
        make(
            "lending_loanline",
            "loan_id, copy_id, ending, ended_at",
            f"n, CASE WHEN {returned} THEN 1 + n %% %(copies)s ELSE n - {wanted.loans} END,"
            f" CASE WHEN {returned} THEN 'returned' ELSE '' END, CASE WHEN {returned} THEN {ago['moment']} END",
            last=last,
            **sizes,
        )
        progress(wanted.loans)
        columns = "loan_id, quantity, returned_at, returned_on, days_late, days_counted, late_as, suspension_days,"
        columns += " restriction, version, patron_id"
        came_back = f"n, 1, {ago['moment']}, {_date(ago['moment'])}, 0, 0, 'fine', 0, 0, 2, 1 + n %% %(patrons)s"
        make("lending_return", columns, came_back, last=wanted.loans, now=now, patrons=wanted.patrons)
    progress(wanted.loans)


def _pages(wanted: argparse.Namespace, now: datetime, progress: Callable[[int], None]) -> None:
    columns = "loan_id, patron_id, title, status, outstanding, due_on, version"
    with indexed_afterwards("dashboard_loanrow"):
        execute(
            f"INSERT INTO dashboard_loanrow ({columns}) SELECT id, patron_id, title, status,"
            " CASE WHEN status = 'active' THEN 1 ELSE 0 END, due_on, version FROM lending_loan"
        )
    progress(wanted.loans)


def _events(wanted: argparse.Namespace, now: datetime, progress: Callable[[int], None]) -> None:
    uuid, number = UUIDS[connection.vendor], wanted.loans // 10
    make(
        "eventbus_event",
        "id, uuid, name, key, occurred_at, payload, correlation_id",
        f"1000 + n, {uuid}, 'BookReturned', 'loan:' || (n + {wanted.loans - number}), {_moment(f'{number} - n')},"
        f" '{{}}', {uuid}",
        last=number,
        now=now,
    )
    execute("UPDATE eventbus_event SET position = id")
    go_on_counting("eventbus_event")


def _moment(minutes: str) -> str:
    """SQL for so many minutes before `now`."""
    if connection.vendor == "postgresql":
        return f"%(now)s - ({minutes}) * interval '1 minute'"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', %(now)s, '-' || ({minutes}) || ' minutes')"


def _date(moment: str) -> str:
    return f"CAST({moment} AS date)" if connection.vendor == "postgresql" else f"date({moment})"


def _day(minutes: str) -> str:
    """SQL for the due date of a loan made so many minutes ago, of an open one the last that is not over."""
    if connection.vendor == "postgresql":
        return f"%(today)s + 14 - ({minutes}) / 1440 %% 3650"
    return f"date(%(today)s, '+14 days', '-' || (({minutes}) / 1440 %% 3650) || ' days')"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.building")
    for name in ("--books", "--patrons", "--loans"):
        parser.add_argument(name, type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    build(_arguments())

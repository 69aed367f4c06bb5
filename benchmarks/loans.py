"""Loans by the million: each of one copy, with the patrons, books and copies that they need, made by the database."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction

from benchmarks.made import go_on_counting, indexed_afterwards, make

PER_PATRON = 10
PATRON, BOOK, TITLE = (
    "1 + n * 7 %% %(patrons)s",
    "1 + n %% %(patrons)s",
    "'The ' || (1 + n %% %(patrons)s) || '. book 책'",
)
"""Of the loan `n`."""


def day_of_loan(days: Sequence[date], each: int, others: date) -> str:
    """The due date of the loan `n`: of each so many, one is due on each of these days, and the rest on another."""
    cases = " ".join(f"WHEN {number} THEN '{day}'" for number, day in enumerate(days))
    return f"CAST(CASE n %% {each} {cases} ELSE '{others}' END AS {'date' if _is_postgresql() else 'text'})"


def moment_of(day: str) -> str:
    """The beginning of such a day."""
    return f"CAST({day} AS {'timestamptz' if _is_postgresql() else 'text'})"


def make_loans(count: int, day: str, now: datetime, *, is_open: bool = True, terms: int | None = None) -> None:
    """Makes so many loans, each made and, where they are not open, returned on its day."""
    patrons, moment = count // PER_PATRON, moment_of(day)
    status, returned, place = ("active", "NULL", "loan") if is_open else ("returned", moment, "shelf")
    with transaction.atomic(), indexed_afterwards("lending_loan", "lending_loanline", "lending_copy"):
        _make_people_and_books(patrons, now)
        make(
            "lending_copy",
            "id, book_id, barcode, type, for_loan, revision, place, withdrawn, moves",
            f"n, {BOOK}, 'S' || n, '', true, 1, '{place}', false, 1",
            last=count,
            patrons=patrons,
        )
        make(
            "lending_loan",
            "id, patron_id, requested_by, book_id, title, quantity, status, requested_at, borrowed_at, due_on,"
            " returned_at, renewals, cancel_reason, version, terms_id",
            f"n, {PATRON}, {PATRON}, {BOOK}, {TITLE}, 1, '{status}', {moment}, {moment}, {day}, {returned}, 0, '', 1,"
            f" {terms or 'NULL'}",
            last=count,
            patrons=patrons,
        )
        make("lending_loanline", "loan_id, copy_id, ending", f"n, n, '{'' if is_open else 'returned'}'", last=count)
    go_on_counting("accounts_user", "lending_loan")


def _make_people_and_books(patrons: int, now: datetime) -> None:
    make(
        "accounts_user",
        "id, card_number, name, email, language, is_staff, is_superuser, is_active, password, registered_at",
        "n, 'S-' || n, 'Patron ' || n, '', 'ko', false, false, true, '!', %(now)s",
        last=patrons,
        now=now,
    )
    make("lending_patron", "user_id", "n", last=patrons)
    make("lending_book", "id, title, revision, withdrawn", "n, 'The ' || n || '. book 책', 1, false", last=patrons)


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"

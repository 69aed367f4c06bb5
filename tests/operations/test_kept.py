"""On PostgreSQL scans at the desk, and looks at books, have connections that keep their statements."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from kernel.storage.postgresql.kept_statements import BEFORE_IT_IS_KEPT
from library.operations.web.kept import WithKeptStatements

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's driver keeps statements by itself"),
]
SCAN, OTHER = ("POST", "/admin/desk/scan/"), ("GET", "/admin/desk/")
LOOKS = [("GET", path) for path in ("/", "/books/7", "/search", "/shelf", "/api/v1/books", "/api/v1/books/7")]
NO_LOOKS = [("GET", "/me"), ("POST", "/books/7/borrow"), ("POST", "/api/v1/books")]
KEPT, NOT_KEPT = [b"0"] * BEFORE_IT_IS_KEPT + [b"1"] * 2, [b"0"] * (BEFORE_IT_IS_KEPT + 2)
Call = tuple[str, str]


def kept(*_request: object) -> list[bytes]:
    """Whether the connection keeps this statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%prepared%'")
        return [str(cursor.fetchone()[0]).encode()]


def answers(*calls: Call) -> list[bytes]:
    """Whether the statement was kept at each call, each asked for a few times by one thread."""
    application = WithKeptStatements(kept, scans=1, looks=1)

    def asked() -> list[bytes]:
        asking = [call for call in calls for _ in range(BEFORE_IT_IS_KEPT + 2)]
        found = [b"".join(application({"REQUEST_METHOD": how, "PATH_INFO": path}, print)) for how, path in asking]
        for pool in (application._of_scans, application._of_looks):
            with pool.in_use():
                connections.close_all()
        connections.close_all()
        return found

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asked).result()


def test_the_statements_of_scans_are_kept_and_those_of_other_pages_are_not() -> None:
    assert answers(SCAN, OTHER) == KEPT + NOT_KEPT


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look[1])
def test_the_statements_of_looks_at_books_are_kept(look: Call) -> None:
    assert answers(look) == KEPT


@pytest.mark.parametrize("call", NO_LOOKS, ids=lambda call: f"{call[0]} {call[1]}")
def test_those_of_whoever_changes_something_or_looks_at_something_else_are_not(call: Call) -> None:
    assert answers(call) == NOT_KEPT


def test_scans_and_looks_take_no_connection_from_each_other() -> None:
    assert answers(SCAN, LOOKS[0]) == KEPT + KEPT

"""On PostgreSQL scans at the desk, and looks at books, have connections that keep their statements."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults

import pytest
from django.db import connection, connections

from kernel.storage.postgresql.kept_statements import BEFORE_IT_IS_KEPT, KeptStatementsPool
from library.operations.web.kept import WithKeptStatements
from library.wsgi import application
from tests.bus import Bus
from tests.people import a_librarian

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's driver keeps statements by itself"),
]
SCAN, OTHER = ("POST", "/admin/desk/scan/"), ("GET", "/admin/desk/")
LOOKS = [("GET", path) for path in ("/", "/books/7", "/search", "/shelf", "/api/v1/books", "/api/v1/books/7")]
NO_LOOKS = [
    ("GET", "/me"),
    ("GET", "/books/7/borrow"),
    ("GET", "/searching"),
    ("POST", "/books/7/borrow"),
    ("POST", "/api/v1/books"),
]
KEPT, NOT_KEPT = [b"0"] * BEFORE_IT_IS_KEPT + [b"1"] * 2, [b"0"] * (BEFORE_IT_IS_KEPT + 2)
Call = tuple[str, str]


@pytest.fixture(autouse=True)
def _serving(settings: Any) -> None:
    """As in a process that serves people."""
    settings.PROCESS = "web"


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


def test_before_processes_are_forked_nothing_is_opened_that_would_be_shared(settings: Any) -> None:
    settings.PROCESS = "command"
    assert answers(SCAN, LOOKS[0]) == NOT_KEPT + NOT_KEPT


def test_scans_and_looks_take_no_connection_from_each_other() -> None:
    assert answers(SCAN, LOOKS[0]) == KEPT + KEPT


ASKED = [
    "/", "/search?q=토지", "/search?subject=소설&ordering=newest&available=1", "/shelf", "/shelf?at=813",
    "/books/{book}", "/books/{book}.mrc", "/books/{book}.xml",
    "/api/v1/books?q=토지&available=true", "/api/v1/books?ordering=title", "/api/v1/books/{book}",
]  # fmt: skip


def test_all_that_looks_ask_is_understood_with_parameters_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that keep statements have parameters bound by the server, which takes less than Django's own way."""
    librarian = a_librarian()
    record = {"title": "토지", "authors": ["박경리"], "subjects": ["소설"], "call_number": "813.6", "copies": 2}
    isbns = ("9788937460449", "9788936434267")
    books = [librarian.post("books", {**record, "isbn": isbn}).json()["id"] for isbn in isbns]
    Bus().settle()
    monkeypatch.setattr(application, "_of_looks", KeptStatementsPool(1))

    def looked_at() -> list[str]:
        found = []
        for address in (one.format(book=books[0]) for one in ASKED):
            path, _mark, query = address.partition("?")
            environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": quote(query, safe="=&")}
            setup_testing_defaults(environ)
            environ["HTTP_AUTHORIZATION"] = librarian.authorization if path.startswith("/api") else ""
            body = b"".join(application(environ, lambda *_head: None)).decode()
            found += [address] if "토지" in body else []
        with application._of_looks.in_use(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements")
            assert cursor.fetchone()[0] >= 1
            connections.close_all()
        connections.close_all()
        return found

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(looked_at).result() == [address.format(book=books[0]) for address in ASKED]

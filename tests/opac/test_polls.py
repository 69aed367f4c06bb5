"""The address of live stock: what it answers, whom, and what it leaves alone."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.db import Error, connection, connections
from django.test.utils import CaptureQueriesContext

from kernel.storage.databases import database_of
from lending.models import Copy
from opac.live.door import LiveStock, answer_with_news, snapshot
from opac.live.snapshot import OUT_OF_DATE, READ_EVERY
from tests.bus import Bus
from tests.factories import Town, town
from tests.figures import figures
from tests.people import Person
from tests.processes import until

__all__ = ["town"]
in_transactions = pytest.mark.django_db(transaction=True)
"""A poll takes and leaves connections as a request does."""
TABLE = Copy._meta.db_table


@pytest.fixture
def bus() -> Bus:
    """One order of deliveries is enough here."""
    return Bus()


@pytest.fixture(autouse=True)
def _nothing_asked() -> None:
    """What other tests asked for is not remembered."""
    snapshot.forget()


class Answer:
    """What came back over WSGI."""

    def __init__(self, query: str, method: str = "GET", path: str = "/live/stock", behind: Any = None) -> None:
        environ: dict[str, Any] = {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": method}
        setup_testing_defaults(environ)
        self.body = b"".join(LiveStock(behind)(environ, self._begin))

    def _begin(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = int(status[:3]), dict(headers)
        assert len(self.headers) == len(headers)


@in_transactions
def test_a_page_is_answered_the_stock_of_its_books_and_nothing_else(town: Town) -> None:
    one, two = town.book(copies=1), town.book(copies=3)
    town.lend(town.haneul, one)
    answer = Answer(f"books={two},{one},{two},{10**17}")
    assert answer.status == 200
    assert answer.body == f'{{"{two}":[3,3,3],"{one}":[0,1,1],"{10**17}":[0,0,0]}}'.encode()
    assert answer.headers == {
        "Content-Type": "application/json",
        "Content-Length": str(len(answer.body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }


@pytest.mark.parametrize(
    "query",
    [
        *("", "books=", "books", "books=,", "books=1,", "books=,1", "books=-1", "books=+1", "books=1.0", "books=x"),
        *("books=1&books=2", "books=1&x=2", "x=2&books=1", "BOOKS=1", "books=1\n", "books=%31", "books=\u0661"),
        *("books=" + ",".join(map(str, range(51))), "books=" + "9" * 19, "books=1;DROP TABLE lending_copy"),
        *(
            "books=1-",
            "books=1-2",
            "books=1-2-3",
            "books=1-2-3-4-5",
            "books=1--2-3-4",
            "books=1-2-3-4,",
            "books=1-1-1-1234567",
        ),
    ],
)
def test_what_is_no_list_of_up_to_fifty_ids_is_refused_and_not_asked_for(query: str) -> None:
    answer = Answer(query)
    assert (answer.status, answer.body, answer.headers["Cache-Control"]) == (400, b"", "no-store")
    assert not snapshot._asked


@in_transactions
def test_fifty_books_are_answered() -> None:
    assert Answer("books=" + ",".join(map(str, range(10**17, 10**17 + 50)))).body.count(b"[0,0,0]") == 50


class Later(list[Any]):
    """What a poll was answered over a server that lets it wait."""

    def __init__(self, query: str, method: str = "GET") -> None:
        super().__init__()
        answer_with_news(method, query, lambda *answer: self.append(answer))


@in_transactions
def test_a_page_that_shows_what_is_true_is_answered_once_when_it_is_not(town: Town) -> None:
    book = town.book(copies=1)
    for shown in ("", "-1-2-1", "-0-1-1", "-1-1-0", f"-1-1-1,{10**17}"):
        ((status, headers, body),) = Later(f"books={book}{shown}")
        assert (status, dict(headers)["Content-Length"]) == (200, str(len(body))), shown
        assert body.startswith(f'{{"{book}":[1,1,1]'.encode())
    waits = Later(f"books={book}-1-1-1")
    assert not waits
    town.lend(town.haneul, book)
    until(lambda: waits)
    ((status, headers, body),) = waits
    assert (status, body) == (200, f'{{"{book}":[0,1,1]}}'.encode())
    until(lambda: not any(thread.name == "live stock" for thread in threading.enumerate()))


def sessions() -> int:
    """That PostgreSQL has of this database, this test's own among them."""
    with connections[database_of("lending")].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no sessions")
@in_transactions
def test_when_nobody_waits_any_more_no_session_is_kept(town: Town) -> None:
    book = town.book(copies=1)
    Later(f"books={book}")  # from here on its stock is known
    before = sessions()
    waits = Later(f"books={book}-1-1-1")
    until(lambda: sessions() == before + 1)
    town.lend(town.haneul, book)
    until(lambda: waits)
    until(lambda: sessions() == before)


def test_what_is_refused_does_not_wait() -> None:
    assert [Later("books=x")[0][0], Later("books=1-1-1-1", "POST")[0][0]] == [400, 405]


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS", "DELETE"])
def test_it_is_read_only(method: str) -> None:
    answer = Answer("books=1", method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize("path", ["/", "/live", "/live/stock/", "/live/stocks", "/api/v1/books"])
def test_every_other_address_is_answered_by_who_stands_behind(path: str) -> None:
    def behind(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [environ["PATH_INFO"].encode()]

    assert Answer("books=1", path=path, behind=behind).body == path.encode()


@in_transactions
def test_most_polls_ask_no_database(town: Town) -> None:
    book = town.book(copies=1)
    began = time.monotonic()
    with CaptureQueriesContext(connections[database_of("lending")]) as asked:
        for _ in range(100):
            assert Answer(f"books={book}").body == f'{{"{book}":[1,1,1]}}'.encode()
    assert len(asked) <= 1 + (time.monotonic() - began) / READ_EVERY


@in_transactions
def test_polls_are_counted_by_their_outcome() -> None:
    before = figures(Person())
    for query in ("books=1", "books=2", "x"):
        Answer(query)
    after = figures(Person())
    names = [f'library_live_polls_total{{status="{status}"}}' for status in (200, 400)]
    assert [after[name] - before.get(name, 0) for name in names] == [2, 1]


@contextmanager
def away() -> Iterator[None]:
    """Lending's copies have another name for a while."""
    with connections[database_of("lending")].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} RENAME TO {TABLE}_away")
        try:
            yield
        finally:
            cursor.execute(f"ALTER TABLE {TABLE}_away RENAME TO {TABLE}")


@in_transactions
def test_while_lending_can_not_be_read_pages_are_asked_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Answer("books=7").body == b'{"7":[0,0,0]}'
    clock = [time.monotonic()]
    monkeypatch.setattr(snapshot, "_clock", lambda: clock[0])
    with away():
        with pytest.raises(Error):
            Copy.objects.count()
        clock[0] += 1
        assert Answer("books=7").body == b'{"7":[0,0,0]}'
        clock[0] += OUT_OF_DATE + 0.1
        answer = Answer("books=7")
        assert (answer.status, answer.body, answer.headers["Retry-After"]) == (503, b"", "2")
    clock[0] += 2
    until(lambda: Answer("books=7").status == 200)

"""A second PostgreSQL streams from the first: visitors read there what may lag, and nobody misses what they wrote."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.people import Person, a_librarian
from tests.processes import environment, until, web
from tests.servers import StoppablePostgres, free_port, postgres_replica

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL streams to a replica"),
]
OLD, NEW = "무진기행", "서울, 1964년 겨울"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Library:
    """A web process with a primary and a replica, as three people see it."""

    def __init__(self, port: int, librarian: Person) -> None:
        self._port, self._token = port, {"Authorization": librarian.authorization, "Content-Type": "application/json"}
        self.book = self.by_token("POST", "/api/v1/books", {"title": OLD, "copies": 1})[1]["id"]

    def by_token(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """What the API answers the librarian."""
        status, answer, _cookie = self._asked(method, path, json.dumps(body) if body else None, self._token)
        return status, json.loads(answer)

    def title(self, cookie: str = "") -> str:
        """What a browser is told, with a cookie or without any."""
        status, answer, _cookie = self._asked("GET", f"/api/v1/books/{self.book}", headers={"Cookie": cookie})
        assert status == 200, answer
        return json.loads(answer)["title"]

    def page(self) -> str:
        """The book's page, as a visitor sees it."""
        status, answer, _cookie = self._asked("GET", f"/books/{self.book}")
        assert status == 200, answer
        return answer.decode()

    def written(self) -> str:
        """The cookie of a browser that has sent a form."""
        _status, _answer, cookie = self._asked("POST", "/i18n/setlang/", "language=ko", FORM)
        return cookie.partition(";")[0]

    def _asked(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)) as caller:
            caller.request(method, path, body, headers or {})
            answer = caller.getresponse()
            return answer.status, answer.read(), answer.headers.get("Set-Cookie", "")


@pytest.fixture
def replica() -> Iterator[StoppablePostgres]:
    with postgres_replica(environment()["DATABASE_URL"]) as streaming:
        yield streaming


@pytest.fixture
def library(replica: StoppablePostgres) -> Iterator[Library]:
    port, librarian = free_port(), a_librarian()
    with web(port, REPLICA_DATABASE_URL=replica.url):
        until(lambda: _listens(port))
        yield Library(port, librarian)


def test_a_visitor_reads_from_the_replica_and_who_wrote_reads_from_the_primary(
    library: Library, replica: StoppablePostgres
) -> None:
    until(lambda: _reads(replica) > 0 or library.title() != OLD)

    _order(replica, "SELECT pg_wal_replay_pause()")
    assert library.by_token("PATCH", f"/api/v1/books/{library.book}", {"title": NEW})[0] == 200
    cookie = library.written()

    assert library.title() == OLD
    assert OLD in library.page()
    assert library.title(cookie) == NEW
    assert library.by_token("GET", f"/api/v1/books/{library.book}")[1]["title"] == NEW
    added = library.by_token("POST", "/api/v1/books", {"title": "역마"})[1]["id"]
    library.book, before = added, library.book
    assert library.title() == "역마"  # the replica knows no such book, so the primary is asked
    library.book = before

    until(lambda: library.title() == NEW, within=30)  # paused for too long: it is read no more
    _order(replica, "SELECT pg_wal_replay_resume()")
    reads = _reads(replica)
    until(lambda: library.title(cookie) == NEW and _reads(replica) > reads + 20)


def test_a_replica_that_is_away_costs_nobody_a_page(library: Library, replica: StoppablePostgres) -> None:
    until(lambda: library.title() == OLD and _reads(replica) > 0)

    replica.stop()
    for _time in range(20):
        assert library.title() == OLD
        assert OLD in library.page()
    assert library.by_token("PATCH", f"/api/v1/books/{library.book}", {"title": NEW})[0] == 200
    assert library.title() == NEW
    assert NEW in library.page()

    replica.start()
    reads = _reads(replica)
    until(lambda: library.title() == NEW and _reads(replica) > reads + 20)


def _listens(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as caller:
        try:
            caller.request("GET", "/health/live")
        except OSError:
            return False
        return caller.getresponse().status == 200


def _order(server: StoppablePostgres, statement: str) -> Any:
    with psycopg.connect(server.url, autocommit=True) as there:
        return there.execute(statement).fetchone()[0]


def _reads(replica: StoppablePostgres) -> int:
    """How often the replica has looked for books by their index."""
    return int(_order(replica, "SELECT COALESCE(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'catalog_book'"))

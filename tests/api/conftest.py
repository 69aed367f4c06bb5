"""Who calls the API in these tests, and what the library has."""

from typing import Any

import pytest

from lending.api.crowd import answering
from tests.api.answers import done
from tests.bus import Bus
from tests.people import Person, a_librarian, a_patron


@pytest.fixture
def haneul(db: None) -> Person:
    """A patron."""
    return a_patron("P-7001", "김하늘")


@pytest.fixture
def jiwoo(db: None) -> Person:
    """Another patron."""
    return a_patron("P-7002", "박지우", email="jiwoo@example.org")


@pytest.fixture
def ada(db: None) -> Person:
    """A librarian."""
    return a_librarian("L-7001", "Ada Shelf")


@pytest.fixture
def nobody(db: None) -> Person:
    """Somebody who has not signed in."""
    return Person()


@pytest.fixture
def book(ada: Person) -> int:
    """The id of a book with three copies."""
    record = done(ada.post("books", {"title": "무진기행", "authors": ["김승옥"], "copies": 3}), 201)
    Bus().settle()
    return int(record["id"])


@pytest.fixture
def transaction_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the test, where a crowd is answered, as Django's client has it."""
    monkeypatch.setattr(answering, "close_old_connections", lambda: None)


class _AtOnce:
    """Has each call answered by itself, in the test's own thread and transaction."""

    @staticmethod
    def add(waiting: Any) -> None:
        answering._answer([waiting])


@pytest.fixture(autouse=True)
def _answers_in_this_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "_crowd", _AtOnce)

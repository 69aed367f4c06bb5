"""Web processes side by side: what one has not committed yet keeps no other waiting, so more of them do more."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction

from tests.bus import Bus
from tests.factories import Town
from tests.people import Person, a_patron

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer"),
]


@pytest.fixture
def bus() -> Bus:
    """One order of deliveries is enough."""
    return Bus()


def test_a_borrow_waits_for_no_lock_of_another_processs_borrow(town: Town) -> None:
    book = town.book(copies=4)
    sora, minho, dalia = _patrons(town, 3)
    assert dalia.post("loans", {"book": book}).status_code == 201  # the first under these terms, whose row all share
    with transaction.atomic():
        assert town.haneul.post("loans", {"book": book}).status_code == 201
        assert _in_another_process(lambda: sora.post("loans", {"book": book})).status_code == 201
        assert _in_another_process(lambda: minho.post("loans", {"book": book})).status_code == 201
    assert town.available(book) == 0


def test_a_return_waits_for_no_lock_of_another_processs_borrow_or_return(town: Town) -> None:
    book = town.book(copies=4)
    sora, minho, _dalia = _patrons(town, 3)
    first, second = (person.post("loans", {"book": book}).json()["id"] for person in (sora, minho))
    with transaction.atomic():
        assert town.haneul.post("loans", {"book": book}).status_code == 201
        assert sora.post(f"loans/{first}/return", {}).status_code == 200
        assert _in_another_process(lambda: minho.post(f"loans/{second}/return", {})).status_code == 200
    assert town.available(book) == 3


def _patrons(town: Town, count: int) -> list[Person]:
    people = [a_patron(f"P-81{number:02}", f"이웃 {number}") for number in range(count)]
    town.bus.settle()
    return people


def _in_another_process(call: Callable[[], Any]) -> Any:
    """By a thread with a connection of its own, which waits for no lock: then it would be refused."""

    def made() -> Any:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1ms'")
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        return other.submit(made).result()

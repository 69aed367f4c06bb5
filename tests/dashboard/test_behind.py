"""Answers that have not heard of everything yet say so."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.eventbus.models import Delivery
from kernel.eventbus.telemetry import projection_lag
from tests.admin.door import Door
from tests.factories import Town
from tests.people import Person

NOTE = "37 seconds behind"


@pytest.fixture(autouse=True)
def _looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered."""
    monkeypatch.setattr(projection_lag, "CACHED_FOR", -1)


def marks(town: Town, book: int) -> list[str | None]:
    """What the page, the catalogue's two answers and the live stock say of how far they are behind."""
    answers: list[Any] = [town.haneul.get("dashboard"), town.librarian.get(f"dashboard/{town.haneul.id}")]
    answers += [Person().get(path) for path in (f"books/{book}", "books", f"books/{book}/availability")]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.headers.get("Library-Behind") for answer in answers]


def test_what_is_behind_says_so_until_it_has_heard(town: Town) -> None:
    haneul, book, door = town.haneul, town.book(), Door(town.librarian.user)
    assert (marks(town, book), NOTE in door.see("index")) == ([None] * 5, False)
    town.take(haneul, book)
    assert marks(town, book) == [None] * 5

    town.clock.shift(37)
    assert marks(town, book) == ["37", "37", "37", "37", None]
    assert NOTE in door.see("index")
    town.bus.settle()
    assert (marks(town, book), NOTE in door.see("index")) == ([None] * 5, False)


def test_each_context_speaks_for_itself(town: Town) -> None:
    haneul, book = town.haneul, town.book()
    town.take(haneul, book)
    town.clock.shift(37)
    Delivery.objects.exclude(handler__startswith="catalog.").delete()
    assert marks(town, book) == [None, None, "37", "37", None]


def test_it_is_not_asked_at_each_reading(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    haneul, book = town.haneul, town.book()
    town.take(haneul, book)
    town.clock.shift(37)
    assert marks(town, book)[2] == "37"
    monkeypatch.setattr(projection_lag, "CACHED_FOR", 600)
    with CaptureQueriesContext(connection) as statements:
        assert Person().get(f"books/{book}")["Library-Behind"] == "37"
    assert not [each for each in statements if "eventbus_delivery" in each["sql"]]

"""Holds: a place in the queue, and who gets the copy that comes back."""

import pytest

from tests.factories import Town, refusal
from tests.people import Person, a_patron

pytestmark = pytest.mark.django_db


def hold(person: Person, book: int, **more: object) -> dict:
    """The patron's new hold."""
    answer = person.post("holds", {"book": book, **more})
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def seen(person: Person, one: dict) -> dict:
    """The hold as the API tells it now."""
    return dict(person.get(f"holds/{one['id']}").json())


@pytest.fixture
def sora(town: Town) -> Person:
    """A third patron."""
    return a_patron("P-7003", "윤소라")


@pytest.fixture
def lent(town: Town) -> tuple[int, dict]:
    """A book whose one copy Jo has."""
    book = town.book()
    return book, town.take(town.jo, book)


def test_a_hold_is_told_whole(town: Town, lent: tuple[int, dict]) -> None:
    book, _loan = lent
    placed = hold(town.haneul, book)
    assert placed == {
        "id": placed["id"], "patron": town.haneul.id, "book": book, "volume": "", "title": "무진기행",
        "status": "waiting", "position": 1, "placed_at": "2026-03-02T10:00:00+09:00", "suspended_until": None,
        "ready_since": None, "pickup_by": None, "copy": None,
    }  # fmt: skip
    assert seen(town.haneul, placed) == placed
    assert refusal(town.jo.get(f"holds/{placed['id']}")) == (404, "not_found")
    assert town.haneul.get("holds").json()["results"] == [placed]
    assert town.jo.get("holds").json()["results"] == []
    assert town.librarian.get(f"holds?book={book}&status=waiting").json()["results"] == [placed]


def test_a_returned_copy_goes_to_the_first(town: Town, lent: tuple[int, dict], sora: Person) -> None:
    book, loan = lent
    first, second = hold(town.haneul, book), hold(sora, book)
    assert (first["position"], second["position"]) == (1, 2)
    back = town.give_back(town.jo, loan)
    assert back["hold"]["id"] == first["id"]
    ready = seen(town.haneul, first)
    assert (ready["status"], ready["position"], ready["pickup_by"]) == ("ready", None, "2026-03-05")
    assert ready["copy"] == {"id": loan["copies"][0]["id"], "barcode": loan["copies"][0]["barcode"]}
    assert seen(sora, second)["position"] == 1
    copy = town.librarian.get(f"copies/{loan['copies'][0]['id']}").json()
    assert (copy["where"], town.available(book), town.listed(book)) == ("hold_shelf", 0, 0)

"""What borrowing answers at once, before anybody has heard of it."""

from typing import Any

import pytest

from library.operations.drift import drift
from tests.factories import Town, everything_on_record, refusal
from tests.people import Person


def test_stock_is_right_before_anybody_has_heard(town: Town) -> None:
    book = town.book(copies=3)
    town.take(town.haneul, book)
    assert (town.available(book), town.listed(book)) == (2, 3)


def test_two_copies_where_one_is_left_are_refused_whole(town: Town) -> None:
    book, haneul = town.book(copies=1), town.haneul
    before = everything_on_record()

    answer = haneul.post("loans", {"book": book, "quantity": 2})
    assert refusal(answer) == (409, "out_of_stock")
    assert answer.json()["available"] == 1
    assert everything_on_record() == before


def test_a_book_without_copies_is_out_of_stock(town: Town) -> None:
    assert refusal(town.haneul.post("loans", {"book": town.book(copies=0)})) == (409, "out_of_stock")


def test_a_book_that_nobody_knows_is_not_found(town: Town) -> None:
    assert refusal(town.haneul.post("loans", {"book": 404_404})) == (404, "not_found")
    assert Person().get("books/404404/availability").status_code == 404


def test_nobody_borrows_without_a_card(town: Town) -> None:
    assert Person().post("loans", {"book": town.book()}).status_code == 401


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "2", "둘", True, None, [1], 10**12])
def test_a_quantity_is_a_whole_number_from_one(town: Town, quantity: Any) -> None:
    book = town.book(copies=5)
    answer = town.haneul.post("loans", {"book": book, "quantity": quantity})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["quantity"]
    assert town.available(book) == 5


def test_eleven_at_once_are_over_the_limit(town: Town) -> None:
    book = town.book(copies=12)
    assert refusal(town.haneul.post("loans", {"book": book, "quantity": 11})) == (409, "loan_limit_reached")


@pytest.mark.parametrize("door", ["", "/return", "/renew", "/cancel"])
def test_a_strangers_loan_is_not_there(town: Town, door: str) -> None:
    jo, path = town.jo, f"loans/{town.lend(town.haneul, town.book())['id']}{door}"
    before = everything_on_record()
    answer = jo.post(path, {} if door == "/return" else None) if door else jo.get(path)
    assert refusal(answer) == (404, "not_found")
    assert everything_on_record() == before


def test_patrons_see_their_own_loans_and_librarians_all(town: Town) -> None:
    book = town.book(copies=2)
    mine, yours = town.lend(town.haneul, book), town.lend(town.jo, book)

    def listed(person: Person, query: str = "") -> list[int]:
        return [loan["id"] for loan in person.get(f"loans{query}").json()["results"]]

    assert listed(town.haneul) == listed(town.haneul, f"?patron={town.haneul.id}") == [mine["id"]]
    assert listed(town.haneul, f"?patron={town.jo.id}") == []
    assert listed(town.librarian) == [yours["id"], mine["id"]]
    assert listed(town.librarian, f"?patron={town.jo.id}&status=active") == [yours["id"]]
    assert listed(town.librarian, "?status=returned") == []


def test_a_patron_known_to_nobody_yet_can_borrow_at_once(town: Town) -> None:
    book = town.book()
    answer = town.librarian.post(
        "patrons",
        {"card_number": "P-7003", "name": "Ana Újvári", "email": "ana@library.example", "password": "k0-pi-re-88"},
    )
    assert answer.status_code == 201, answer.json()
    loan = town.librarian.post("loans", {"patron": answer.json()["id"], "book": book})
    assert loan.status_code == 201, loan.json()
    town.bus.settle()
    assert list(drift()) == []

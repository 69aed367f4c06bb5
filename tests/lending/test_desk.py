"""What the desk's door lets in."""

from typing import Any

import pytest

from tests.factories import Town, everything_on_record, refusal


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"borrowed_on": "2026-03-03"}, "borrowed_on"),
        ({"borrowed_on": "1066-10-14"}, "borrowed_on"),
        ({"borrowed_on": "yesterday"}, "borrowed_on"),
        ({"patron": 404_404}, "patron"),
        ({"patron": "P-7001"}, "patron"),
        ({"barcode": "가-1"}, "book"),
        ({"shelf": 810}, "shelf"),
    ],
)
def test_a_desk_loan_with_a_fault_is_not_made(town: Town, wanted: dict[str, Any], field: str) -> None:
    loan = {"patron": town.haneul.id, "book": town.book(), **wanted}
    before = everything_on_record()
    answer = town.librarian.post("loans", loan)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, [field])
    assert everything_on_record() == before


def test_a_barcode_is_on_one_copy_only(town: Town) -> None:
    answer = town.librarian.post("loans", {"patron": town.haneul.id, "barcode": "가-1", "quantity": 2})
    assert answer.json()["errors"][0]["field"] == "quantity"


def test_a_barcode_that_is_on_no_copy_is_not_found(town: Town) -> None:
    assert refusal(town.librarian.post("loans", {"patron": town.haneul.id, "barcode": "?"})) == (404, "not_found")
    assert refusal(town.librarian.post("returns", {"barcode": "?"})) == (409, "not_on_loan")


@pytest.mark.parametrize("more", [{"patron": 1}, {"borrowed_on": "2026-02-01"}, {"barcode": "가-1"}])
def test_a_patron_has_no_say_in_what_is_the_desks(town: Town, more: dict[str, Any]) -> None:
    assert town.haneul.post("loans", {"book": town.book(), **more}).status_code == 400


def test_a_patron_does_not_stand_behind_the_desk(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    assert town.haneul.post("returns", {"barcode": loan["copies"][0]["barcode"]}).status_code == 403


def test_a_card_that_was_blocked_is_lent_nothing(town: Town) -> None:
    book = town.book()
    user = town.haneul.user
    assert user
    user.is_active = False
    user.save()
    answer = town.librarian.post("loans", {"patron": user.pk, "book": book})
    assert refusal(answer) == (409, "card_closed")


def test_a_librarian_without_a_patron_borrows_for_herself(town: Town) -> None:
    assert town.take(town.librarian, town.book())["patron"] == town.librarian.id

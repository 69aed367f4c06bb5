"""What bringing back answers."""

from typing import Any

import pytest

from tests.factories import Town, everything_on_record, refusal


def test_more_than_are_out_is_refused_and_nothing_changes(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=4), quantity=3)
    town.give_back(town.haneul, loan, quantity=1)
    before = everything_on_record()

    answer = town.haneul.post(f"loans/{loan['id']}/return", {"quantity": 3})
    assert refusal(answer) == (409, "not_on_loan")
    assert everything_on_record() == before


def test_what_is_back_can_not_be_brought_again(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    assert town.give_back(town.haneul, loan)["status"] == "returned"
    before = everything_on_record()

    assert refusal(town.haneul.post(f"loans/{loan['id']}/return", {})) == (409, "not_on_loan")
    assert refusal(town.haneul.post(f"loans/{loan['id']}/return", {"quantity": 1})) == (409, "not_on_loan")
    assert everything_on_record() == before


def test_without_a_number_all_that_are_out_come_back(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=5), quantity=5)
    assert town.give_back(town.haneul, loan, quantity=2)["outstanding"] == 3
    back = town.give_back(town.haneul, loan)
    assert (back["outstanding"], back["status"], back["quantity"]) == (0, "returned", 5)
    assert all(copy["returned_at"] for copy in back["copies"])


@pytest.mark.parametrize("quantity", [0, -1, 0.5, "1", None, True, 10**12])
def test_a_quantity_is_a_whole_number_from_one(town: Town, quantity: Any) -> None:
    loan = town.lend(town.haneul, town.book())
    answer = town.haneul.post(f"loans/{loan['id']}/return", {"quantity": quantity})
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, ["quantity"])
    assert town.loan(town.haneul, loan)["outstanding"] == 1


def test_a_librarian_takes_back_any_loan(town: Town) -> None:
    assert town.give_back(town.librarian, town.lend(town.haneul, town.book()))["status"] == "returned"


def test_a_loan_that_nobody_made_is_not_found(town: Town) -> None:
    assert refusal(town.librarian.post("loans/404404/return", {})) == (404, "not_found")
    assert refusal(town.librarian.get("loans/404404")) == (404, "not_found")

"""A patron keeps copies too long and brings them back, in parts and round midnight."""

from tests.factories import Town, refusal, seoul


def test_three_of_four_copies_come_back_seven_days_late(town: Town) -> None:
    book = town.book(copies=5, authors=["김승옥"])
    loan = town.lend(town.haneul, book, quantity=4)
    assert loan["due_on"] == "2026-03-16"
    assert town.page(town.haneul)["copies_on_loan"] == 4

    town.moves_to(seoul(3, 23))
    assert town.give_back(town.haneul, loan, quantity=3)["days_late"] == 7

    page = town.page(town.haneul)
    assert (page["copies_on_loan"], page["copies_overdue"], page["fines_outstanding"]) == (1, 1, 500)
    assert page["fines_accruing"] == 500
    (fine,) = town.haneul.get("fines").json()["results"]
    assert (fine["amount"], fine["days_late"], fine["status"], fine["loan"]) == (500, 7, "outstanding", loan["id"])
    assert "1-7 days" in fine["explanation"]


def test_parts_that_come_back_at_different_lateness_are_fined_apart(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=4), quantity=4)
    for day, quantity in ((17, 1), (24, 1), (31, 2)):
        town.moves_to(seoul(3, day))
        town.give_back(town.haneul, loan, quantity=quantity)

    page = town.page(town.haneul)
    assert [(fine["days_late"], fine["amount"]) for fine in page["fines"]] == [(1, 500), (8, 1000), (15, 2000)]
    assert (page["fines_outstanding"], page["fines_accruing"], page["copies_on_loan"]) == (3500, 0, 0)


def test_one_late_return_of_many_copies_costs_one_fee(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=10), quantity=10)
    town.moves_to(seoul(3, 17))
    town.give_back(town.haneul, loan)
    assert town.page(town.haneul)["fines_outstanding"] == 500


def test_back_on_the_due_date_one_minute_before_midnight_is_in_time(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 16, 23, 59))
    assert town.page(town.haneul)["copies_overdue"] == 0

    assert town.give_back(town.haneul, loan)["days_late"] == 0
    assert town.page(town.haneul)["fines_outstanding"] == 0


def test_back_one_minute_after_that_midnight_is_a_day_late(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 17, 0, 1))
    assert town.page(town.haneul)["copies_overdue"] == 1

    assert town.give_back(town.haneul, loan)["days_late"] == 1
    assert town.page(town.haneul)["fines_outstanding"] == 500


def test_borrowed_after_midnight_in_seoul_is_due_a_fortnight_after_that_day(town: Town) -> None:
    town.moves_to(seoul(3, 3, 0, 5))  # still the second of March in Greenwich
    assert town.lend(town.haneul, town.book())["due_on"] == "2026-03-17"


def test_a_late_book_that_is_brought_twice_is_charged_once(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 20))
    town.give_back(town.haneul, loan)

    assert refusal(town.haneul.post(f"loans/{loan['id']}/return", {})) == (409, "not_on_loan")
    assert refusal(town.librarian.post("returns", {"barcode": loan["copies"][0]["barcode"]})) == (409, "not_on_loan")
    town.bus.settle()
    assert len(town.haneul.get("fines").json()["results"]) == 1

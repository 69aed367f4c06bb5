"""The librarian lends and takes back at the desk."""

from library.operations.drift import drift
from tests.factories import Town, refusal


def test_a_librarian_lends_a_book_to_a_patron(town: Town) -> None:
    book = town.book(copies=2, title="Une vie")
    loan = town.librarian.post("loans", {"patron": town.haneul.id, "book": book, "quantity": 2})
    assert (loan.status_code, loan.json()["patron"]) == (201, town.haneul.id)
    town.bus.settle()
    assert town.page(town.haneul)["copies_on_loan"] == 2
    assert town.page(town.librarian)["copies_on_loan"] == 0


def test_a_librarian_lends_the_very_copy_in_the_patrons_hand(town: Town) -> None:
    book = town.book()
    assert town.librarian.post(f"books/{book}/copies", {"barcodes": ["가-1", "가-2"]}).status_code == 201
    town.bus.settle()
    loan = town.librarian.post("loans", {"patron": town.haneul.id, "barcode": "가-2"})
    assert (loan.status_code, [copy["barcode"] for copy in loan.json()["copies"]]) == (201, ["가-2"])

    answer = town.librarian.post("loans", {"patron": town.jo.id, "barcode": "가-2"})
    assert refusal(answer) == (409, "out_of_stock")
    town.bus.settle()
    assert (town.available(book), town.listed(book)) == (2, 2)


def test_the_desk_takes_a_copy_back_whoever_has_it(town: Town) -> None:
    book = town.book(copies=3)
    loan = town.lend(town.haneul, book, quantity=2)
    second = loan["copies"][1]
    answer = town.librarian.post("returns", {"barcode": second["barcode"]})
    town.bus.settle()

    assert (answer.status_code, answer.json()["id"], answer.json()["days_late"]) == (200, loan["id"], 0)
    told = town.loan(town.haneul, loan)
    assert [copy["returned_at"] is None for copy in told["copies"]] == [True, False]
    assert (told["status"], told["outstanding"]) == ("active", 1)
    assert town.page(town.haneul)["copies_on_loan"] == 1
    assert (town.available(book), town.listed(book)) == (2, 2)


def test_a_late_copy_taken_back_at_the_desk_is_the_patrons_fine(town: Town) -> None:
    loan = town.lend_long_ago(town.haneul, town.book())
    answer = town.librarian.post("returns", {"barcode": loan["copies"][0]["barcode"]})
    town.bus.settle()
    assert answer.json()["days_late"] == 42
    assert [fine["patron"] for fine in town.page(town.haneul)["fines"]] == [town.haneul.id]


def test_a_loan_made_in_the_past_counts_from_its_day(town: Town) -> None:
    loan = town.lend_long_ago(town.haneul, town.book(), day="2026-02-20")
    assert (loan["due_on"], loan["overdue"]) == ("2026-03-06", False)
    assert loan["borrowed_at"].startswith("2026-02-20")


def test_a_loan_made_long_ago_is_overdue_at_once(town: Town) -> None:
    loan = town.lend_long_ago(town.haneul, town.book())
    assert (loan["due_on"], loan["overdue"]) == ("2026-01-19", True)
    page = town.page(town.haneul)
    assert (page["copies_overdue"], page["fines_outstanding"], page["fines_accruing"]) == (1, 0, 2000)
    assert list(drift()) == []


def test_an_overdue_book_that_came_back_is_lent_again_as_new(town: Town) -> None:
    book = town.book()
    town.give_back(town.haneul, town.lend_long_ago(town.haneul, book))
    assert town.lend(town.jo, book)["overdue"] is False
    assert town.page(town.jo)["copies_overdue"] == 0

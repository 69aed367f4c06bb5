"""Patrons borrow, and the shelf, the catalogue and the page follow."""

from datetime import date

from tests.factories import Town, new_policy, refusal, seoul
from tests.people import Person


def test_a_borrowed_copy_is_on_the_page_and_off_the_shelf(town: Town) -> None:
    book = town.book(copies=3, title="Middlemarch", authors=["George Eliot"])
    loan = town.lend(town.jo, book, quantity=2)

    assert (loan["status"], loan["quantity"], loan["outstanding"], loan["overdue"]) == ("active", 2, 2, False)
    assert (town.available(book), town.listed(book)) == (1, 1)
    (shown,) = town.page(town.jo)["loans"]
    assert (shown["loan"], shown["title"], shown["outstanding"]) == (loan["id"], "Middlemarch", 2)
    assert town.page(town.haneul)["loans"] == []


def test_the_last_copy_is_lent_once(town: Town) -> None:
    book = town.book(copies=1)
    town.take(town.haneul, book)

    answer = town.jo.post("loans", {"book": book})
    assert refusal(answer) == (409, "out_of_stock")
    assert answer.json()["available"] == 0


def test_a_book_that_left_the_catalogue_is_not_found(town: Town) -> None:
    book = town.book(copies=2)
    assert town.librarian.delete(f"books/{book}").status_code == 204
    town.bus.settle()
    assert refusal(town.haneul.post("loans", {"book": book})) == (404, "not_found")
    assert Person().get(f"books/{book}/availability").status_code == 404


def test_ten_copies_may_be_out_and_no_eleventh(town: Town) -> None:
    book = town.book(copies=12)
    loan = town.lend(town.haneul, book, quantity=8)
    town.lend(town.haneul, book, quantity=2)
    assert refusal(town.haneul.post("loans", {"book": book})) == (409, "loan_limit_reached")

    town.give_back(town.haneul, loan, quantity=1)
    assert town.lend(town.haneul, book)["status"] == "active"


def test_the_limit_counts_what_is_asked_for(town: Town) -> None:
    book = town.book(copies=12)
    town.ask_for(town.haneul, book, quantity=9)
    assert refusal(town.haneul.post("loans", {"book": book, "quantity": 2})) == (409, "loan_limit_reached")


def test_a_new_policy_holds_from_its_day_on_and_spares_older_loans(town: Town) -> None:
    new_policy(date(2026, 3, 10), loan__days=7, loan__max_copies=2)
    book = town.book(copies=5)
    town.moves_to(seoul(3, 9))
    before = town.lend(town.haneul, book, quantity=3)
    assert before["due_on"] == "2026-03-23"

    town.moves_to(seoul(3, 10))
    assert town.lend(town.jo, book)["due_on"] == "2026-03-17"
    assert refusal(town.haneul.post("loans", {"book": book})) == (409, "loan_limit_reached")
    assert town.loan(town.haneul, before)["due_on"] == "2026-03-23"


def test_a_loan_keeps_the_title_it_was_made_under(town: Town) -> None:
    book = town.book(title="Frankenstein", copies=2)
    loan = town.lend(town.jo, book)
    assert (
        town.librarian.patch(f"books/{book}", {"title": "Frankenstein; or, The Modern Prometheus"}).status_code == 200
    )
    town.bus.settle()
    assert town.loan(town.jo, loan)["title"] == "Frankenstein"
    assert town.lend(town.haneul, book)["title"] == "Frankenstein; or, The Modern Prometheus"


def test_copies_that_come_in_later_can_be_lent(town: Town) -> None:
    book = town.book(copies=1)
    town.lend(town.haneul, book)
    assert town.librarian.post(f"books/{book}/copies", {"barcodes": ["한국-0001"]}).status_code == 201
    town.bus.settle()
    assert [copy["barcode"] for copy in town.lend(town.jo, book)["copies"]] == ["한국-0001"]

"""Patrons owe, are blocked from borrowing, pay or are forgiven, and borrow again."""

from datetime import date

from tests.factories import Town, new_policy, refusal


def test_who_owes_ten_thousand_borrows_no_more(town: Town) -> None:
    book = town.book(copies=3)
    town.fines(town.haneul, 4)
    town.lend(town.haneul, book)

    town.fines(town.haneul, 1)
    answer = town.haneul.post("loans", {"book": book})
    assert refusal(answer) == (409, "patron_blocked")
    assert "10,000" in answer.json()["detail"]
    assert town.lend(town.jo, book)["status"] == "active"


def test_a_part_payment_below_the_limit_lifts_the_block(town: Town) -> None:
    book = town.book()
    fine = town.fines(town.haneul, 5)[0]
    paid = town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 1})
    assert (paid.status_code, paid.json()["owed"]) == (201, 1999)
    town.bus.settle()

    assert town.lend(town.haneul, book)["status"] == "active"
    page = town.page(town.haneul)
    assert page["fines_outstanding"] == 9999
    assert (page["fines"][0]["paid"], page["fines"][0]["status"]) == (1, "outstanding")


def test_a_waiver_lifts_the_block(town: Town) -> None:
    book = town.book()
    fine = town.fines(town.haneul, 5)[2]
    waived = town.librarian.post(f"fines/{fine['id']}/waive", {"reason": "홍수로 도서관이 닫혔음"})
    assert (waived.status_code, waived.json()["status"]) == (200, "waived")
    town.bus.settle()

    assert town.lend(town.haneul, book)["status"] == "active"
    page = town.page(town.haneul)
    assert page["fines_outstanding"] == 8000
    assert fine["id"] not in [shown["id"] for shown in page["fines"]]


def test_a_fine_paid_in_parts_is_paid(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    for amount in (500, 700, 800):
        assert town.librarian.post(f"fines/{fine['id']}/payments", {"amount": amount}).status_code == 201
    town.bus.settle()

    told = town.haneul.get(f"fines/{fine['id']}").json()
    assert (told["paid"], told["amount"], told["status"]) == (2000, 2000, "paid")
    assert town.page(town.haneul)["fines"] == []


def test_a_fine_paid_in_part_and_then_forgiven_is_waived(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    assert town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 1500}).status_code == 201
    assert town.librarian.post(f"fines/{fine['id']}/waive", {"reason": "an old friend"}).status_code == 200
    town.bus.settle()

    told = town.haneul.get(f"fines/{fine['id']}").json()
    assert (told["paid"], told["amount"], told["status"]) == (1500, 2000, "waived")
    assert town.page(town.haneul)["fines_outstanding"] == 0


def test_who_is_blocked_may_still_bring_books_back(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    town.fines(town.haneul, 5)
    assert town.give_back(town.haneul, loan)["status"] == "returned"


def test_who_is_blocked_may_not_renew(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    town.fines(town.haneul, 5)
    answer = town.haneul.post(f"loans/{loan['id']}/renew")
    assert refusal(answer) == (409, "renewal_refused")
    assert answer.json()["reason"] == "patron_blocked"


def test_the_limit_of_debt_is_a_dated_rule(town: Town) -> None:
    new_policy(date(2026, 3, 3), block__debt_from=2000)
    book = town.book(copies=2)
    town.fines(town.haneul)
    town.lend(town.haneul, book)

    town.days_pass(1)
    assert refusal(town.haneul.post("loans", {"book": book})) == (409, "patron_blocked")

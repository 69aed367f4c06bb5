"""Patrons ask for copies that are lent later: accepted, then lent or cancelled, in order."""

from datetime import date

from django.utils import timezone

from kernel.eventbus.models import Event
from lending.deferral.tasks import decide_requested_loans
from library.operations.drift import drift
from notices.models import Cause
from tests.factories import Town, new_policy, refusal


def decided(town: Town) -> int:
    """How many loans a worker decided; everybody has heard of them then."""
    count = decide_requested_loans()
    town.bus.settle()
    return count


def test_a_loan_asked_for_is_lent_later(town: Town) -> None:
    book = town.book(copies=2, title="소년이 온다")
    answer = town.haneul.post("loans", {"book": book, "quantity": 2}, headers={"Prefer": "respond-async"})
    loan = answer.json()
    assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/loans/{loan['id']}")
    assert int(answer["Retry-After"]) >= 1
    assert answer["Preference-Applied"] == "respond-async"
    assert (loan["status"], loan["outstanding"], loan["due_on"], loan["copies"]) == ("requested", 0, None, [])
    town.bus.settle()
    assert (town.available(book), town.page(town.haneul)["loans"]) == (2, [])

    assert decided(town) == 1
    told = town.haneul.get(answer["Location"]).json()
    assert (told["status"], told["outstanding"], told["due_on"]) == ("active", 2, "2026-03-16")
    assert (town.available(book), town.listed(book), town.page(town.haneul)["copies_on_loan"]) == (0, 0, 2)


def test_the_volume_is_asked_for_at_once(town: Town) -> None:
    book = town.book(copies=1)
    assert town.librarian.post(f"books/{book}/copies", {"count": 1, "volume": "2"}).status_code == 201
    town.bus.settle()
    answer = town.haneul.post("loans", {"book": book}, headers={"Prefer": "respond-async"})
    assert (answer.status_code, [fault["field"] for fault in answer.json()["errors"]]) == (400, ["volume"])
    assert town.haneul.get("loans").json()["results"] == []


def test_who_asked_first_is_served_first(town: Town) -> None:
    book = town.book(copies=3)
    first = town.ask_for(town.jo, book, quantity=2)
    second = town.ask_for(town.haneul, book, quantity=2)
    third = town.ask_for(town.haneul, book, quantity=1)

    assert decided(town) == 3
    assert town.loan(town.jo, first)["status"] == "active"
    told = town.loan(town.haneul, second)
    assert (told["status"], told["cancel_reason"], told["outstanding"]) == ("cancelled", "out_of_stock", 0)
    assert town.loan(town.haneul, third)["status"] == "active"
    assert (town.available(book), town.listed(book)) == (0, 0)
    assert [loan["loan"] for loan in town.page(town.haneul)["loans"]] == [third["id"]]
    assert list(drift()) == []


def test_a_decided_loan_is_not_decided_again(town: Town) -> None:
    loan = town.ask_for(town.haneul, town.book())
    assert (decided(town), decided(town)) == (1, 0)
    assert Event.objects.filter(key=f"loan:{loan['id']}").count() == 1


def test_a_loan_asked_for_is_cancelled_when_the_patron_comes_to_owe_too_much(town: Town) -> None:
    book = town.book()
    loan = town.ask_for(town.haneul, book)
    town.fines(town.haneul, 5)

    decided(town)
    assert town.loan(town.haneul, loan)["cancel_reason"] == "patron_blocked"
    assert town.available(book) == 1


def test_a_loan_asked_for_is_cancelled_when_the_book_leaves_the_catalogue(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.ask_for(town.haneul, book)
    assert town.librarian.delete(f"books/{book}").status_code == 204
    town.bus.settle()

    decided(town)
    told = town.loan(town.haneul, loan)
    assert (told["status"], told["cancel_reason"]) == ("cancelled", "book_not_found")
    assert list(drift()) == []


def test_under_a_stricter_limit_the_loan_asked_for_last_is_cancelled(town: Town) -> None:
    book = town.book(copies=10)
    first, last = (town.ask_for(town.haneul, book, quantity=3) for _ in range(2))
    new_policy(timezone.localdate(), loan__max_copies=5)

    decided(town)
    assert town.loan(town.haneul, first)["status"] == "active"
    assert town.loan(town.haneul, last)["cancel_reason"] == "loan_limit_reached"
    assert (town.available(book), town.listed(book)) == (7, 7)


def test_an_older_policy_does_not_come_back(town: Town) -> None:
    new_policy(date(2020, 1, 1), loan__max_copies=1)
    new_policy(date(2021, 1, 1), loan__max_copies=3)
    assert town.ask_for(town.haneul, town.book(copies=3), quantity=3)["status"] == "requested"


def test_a_cancelled_loan_leaves_page_and_stock_right(town: Town) -> None:
    book = town.book(copies=1)
    loan = town.ask_for(town.haneul, book)
    town.lend(town.jo, book)

    decided(town)
    assert (town.available(book), town.listed(book)) == (0, 0)
    page = town.page(town.haneul)
    assert (page["copies_on_loan"], page["loans"]) == (0, [])
    assert town.page(town.jo)["copies_on_loan"] == 1
    (told,) = Event.objects.filter(name="LoanCancelled")
    assert (told.payload["loan"], told.payload["reason"], told.payload["cancelled"]) == (loan["id"], "out_of_stock", 1)
    assert list(drift()) == []


def test_who_asked_hears_that_a_librarian_called_it_off(town: Town) -> None:
    loan = town.ask_for(town.haneul, town.book())
    answer = town.librarian.post(f"loans/{loan['id']}/cancel")
    assert (answer.status_code, answer.json()["cancel_reason"]) == (200, "by_library")
    town.bus.settle()
    assert Cause.objects.filter(patron_id=town.haneul.id, kind="loan_cancelled").count() == 1


def test_a_patron_calls_off_what_is_only_asked_for(town: Town) -> None:
    book = town.book()
    loan = town.ask_for(town.haneul, book)
    answer = town.haneul.post(f"loans/{loan['id']}/cancel")
    told = answer.json()
    assert (answer.status_code, told["status"], told["cancel_reason"]) == (200, "cancelled", "by_patron")
    town.bus.settle()

    assert decided(town) == 0
    assert (town.available(book), town.page(town.haneul)["loans"]) == (1, [])
    assert refusal(town.haneul.post(f"loans/{loan['id']}/cancel")) == (409, "not_cancellable")


def test_a_loan_that_was_lent_is_not_called_off(town: Town) -> None:
    loan = town.ask_for(town.haneul, town.book())
    decided(town)
    assert refusal(town.haneul.post(f"loans/{loan['id']}/cancel")) == (409, "not_cancellable")
    town.give_back(town.haneul, loan)
    assert refusal(town.haneul.post(f"loans/{loan['id']}/cancel")) == (409, "not_cancellable")
    assert town.loan(town.haneul, loan)["status"] == "returned"


def test_a_loan_that_is_only_asked_for_is_neither_returned_nor_renewed(town: Town) -> None:
    loan = town.ask_for(town.haneul, town.book())
    assert refusal(town.haneul.post(f"loans/{loan['id']}/return", {})) == (409, "not_on_loan")
    assert refusal(town.haneul.post(f"loans/{loan['id']}/renew")) == (409, "renewal_refused")

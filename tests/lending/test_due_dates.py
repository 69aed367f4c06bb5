"""Due dates land on open days, whichever way a loan is made."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from lending.checkout.services import BorrowRequest, borrow_books
from lending.deferral.tasks import decide_requested_loans
from lending.models import Loan
from tests.api.answers import refused
from tests.factories import Town, new_policy, seoul

CLOSED_16TH = {"from": "2026-03-16", "to": "2026-03-17", "reason": "공사"}
FOR_EVER = {"valid_from": "2000-01-01", "closed_weekdays": [1, 2, 3, 4, 5, 6, 7]}


@pytest.fixture
def bus(request: pytest.FixtureRequest) -> Any:
    """One order is enough."""
    from tests.bus import Bus  # noqa: PLC0415

    return Bus()


def one_loan(town: Town, book: int) -> Any:
    """A patron's own borrow."""
    return town.haneul.post("loans", {"book": book})


def at_the_desk(town: Town, book: int) -> Any:
    """By the copy in a librarian's hand."""
    barcode = town.librarian.get(f"books/{book}/copies").json()["results"][0]["barcode"]
    return town.librarian.post("loans", {"patron": town.haneul.id, "barcode": barcode})


def dated_back(town: Town, book: int) -> Any:
    """Made today, recorded two days later."""
    town.days_pass(2)
    return town.librarian.post("loans", {"patron": town.haneul.id, "book": book, "borrowed_on": "2026-03-02"})


def asked_for(town: Town, book: int) -> Any:
    """Accepted first."""
    return town.haneul.post("loans", {"book": book}, headers={"Prefer": "respond-async"})


WAYS = [one_loan, at_the_desk, dated_back]


@pytest.mark.parametrize("borrow", WAYS)
def test_a_due_date_on_a_closed_day_is_the_next_open_one(town: Town, borrow: Callable[[Town, int], Any]) -> None:
    book = town.book()
    town.librarian.post("closures", CLOSED_16TH)
    assert borrow(town, book).json()["due_on"] == "2026-03-18"


@pytest.mark.parametrize("borrow", WAYS)
def test_before_and_behind_the_closure_nothing_moves(town: Town, borrow: Callable[[Town, int], Any]) -> None:
    book = town.book()
    town.librarian.post("closures", {"from": "2026-03-15", "to": "2026-03-15", "reason": "공사"})
    town.librarian.post("closures", {"from": "2026-03-17", "to": "2026-03-17", "reason": "공사"})
    assert borrow(town, book).json()["due_on"] == "2026-03-16"


@pytest.mark.parametrize("borrow", [*WAYS, asked_for])
def test_closed_for_ever_is_refused_at_once(town: Town, borrow: Callable[[Town, int], Any]) -> None:
    book = town.book()
    town.librarian.post("calendar/rules", FOR_EVER)
    refused(borrow(town, book), 409, "no_open_day")
    assert not Loan.objects.exists()
    assert town.available(book) == 1


def test_a_requested_loan_gets_an_open_day_when_it_is_decided(town: Town) -> None:
    loan = asked_for(town, town.book()).json()
    town.librarian.post("closures", CLOSED_16TH)
    decide_requested_loans()
    assert town.loan(town.haneul, loan)["due_on"] == "2026-03-18"


def test_a_requested_loan_is_cancelled_where_no_day_is_open(town: Town) -> None:
    book = town.book(copies=2)
    loans = [asked_for(town, book).json() for _number in range(2)]  # the second one is decided alone
    town.librarian.post("calendar/rules", FOR_EVER)
    decide_requested_loans()
    ended = [town.loan(town.haneul, loan) for loan in loans]
    assert {(loan["status"], loan["cancel_reason"]) for loan in ended} == {("cancelled", "no_open_day")}


def test_borrows_in_a_group_get_open_days_too(town: Town) -> None:
    books = [town.book(), town.book()]
    now, people = timezone.now(), [town.haneul, town.jo]
    town.bus.settle()  # both have accounts now
    wanted = [
        BorrowRequest(patron_id=person.id, book_id=book, requested_at=now)
        for person, book in zip(people, books, strict=True)
    ]
    town.librarian.post("closures", CLOSED_16TH)
    loans = borrow_books(wanted, now=now)
    assert [loan.due_on for loan in loans if isinstance(loan, Loan)] == [date(2026, 3, 18)] * 2
    town.librarian.post("calendar/rules", FOR_EVER)
    assert [getattr(one, "code", "") for one in borrow_books(wanted, now=now)] == ["no_open_day"] * 2


def test_a_renewal_ends_on_an_open_day(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    town.librarian.post("closures", {"from": "2026-03-30", "to": "2026-03-31", "reason": "공사"})
    assert town.haneul.post(f"loans/{loan['id']}/renew").json()["due_on"] == "2026-04-01"


def test_a_renewal_is_refused_where_no_day_is_open(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    town.librarian.post("calendar/rules", {**FOR_EVER, "valid_from": "2026-03-17"})
    document = refused(town.haneul.post(f"loans/{loan['id']}/renew"), 409, "renewal_refused")
    assert document["reason"] == "no_open_day"
    assert town.loan(town.haneul, loan)["due_on"] == "2026-03-16"


def test_what_was_granted_stays_when_the_calendar_changes(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    town.librarian.post("closures", CLOSED_16TH)
    town.librarian.post("calendar/rules", FOR_EVER)
    assert town.loan(town.haneul, loan)["due_on"] == "2026-03-16"


def test_beyond_the_tables_of_holidays_nothing_is_lent(town: Town) -> None:
    book = town.book(copies=2)
    new_policy(date(2026, 3, 2), loan__days=28_000)  # to November 2102
    assert one_loan(town, book).status_code == 201
    town.librarian.post("calendar/rules", {"valid_from": "2026-01-01", "holidays": "KR"})
    refused(one_loan(town, book), 409, "no_open_day")


def test_the_known_case_of_a_saturday_in_2013(town: Town) -> None:
    town.librarian.post("closures", {"from": "2013-02-23", "to": "2013-02-23", "reason": "공사"})
    loan = town.lend_long_ago(town.haneul, town.book(), day="2013-02-09")
    assert loan["due_on"] == "2013-02-24"
    town.librarian.post("calendar/rules", {"valid_from": "2000-01-01", "closed_weekdays": [6]})
    assert town.lend_long_ago(town.haneul, town.book(), day="2013-02-09")["due_on"] == "2013-02-24"


def test_a_day_late_is_counted_from_the_due_date_that_moved(town: Town) -> None:
    town.librarian.post("closures", CLOSED_16TH)
    loan = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 18, 23, 59))
    assert town.give_back(town.haneul, loan)["days_late"] == 0

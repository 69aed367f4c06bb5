"""Borrowing, returning, renewing and cancelling: what the door takes and answers."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from lending.deferral.tasks import decide_requested_loans
from lending.models import Loan, LoanLine
from tests.api.answers import ONE_LOAN, ONE_RETURN, done, refused
from tests.bus import Bus
from tests.people import Person

pytestmark = pytest.mark.django_db


def borrow(person: Person, book: int, **more: Any) -> dict[str, Any]:
    loan: dict[str, Any] = done(person.post("loans", {"book": book, **more}), 201)
    return loan


def test_a_patron_borrows_a_book(book: int, haneul: Person) -> None:
    answer = haneul.post("loans", {"book": book, "quantity": 2})

    loan = done(answer, 201)
    assert loan.keys() == ONE_LOAN
    today = timezone.localdate()
    expected = {
        "patron": haneul.id, "book": book, "title": "무진기행", "quantity": 2, "outstanding": 2, "status": "active",
        "due_on": str(today + timedelta(days=14)), "returned_at": None, "overdue": False, "renewals": 0,
        "cancel_reason": "",
    }  # fmt: skip
    assert loan | expected == loan
    assert [copy.keys() for copy in loan["copies"]] == [{"id", "barcode", "returned_at", "lost_at"}] * 2
    assert answer["Location"] == f"/api/v1/loans/{loan['id']}"
    assert done(haneul.get(answer["Location"])) == loan
    assert done(haneul.get("loans"))["results"] == [loan]


def test_one_copy_is_meant_when_no_quantity_is_given(book: int, haneul: Person) -> None:
    assert borrow(haneul, book)["quantity"] == 1


def test_what_is_out_of_stock_is_refused_with_what_is_left(book: int, haneul: Person) -> None:
    document = refused(haneul.post("loans", {"book": book, "quantity": 4}), 409, "out_of_stock")

    assert document["available"] == 3
    assert not Loan.objects.exists()


def test_nobody_has_more_copies_than_the_rules_allow(ada: Person, haneul: Person) -> None:
    many = done(ada.post("books", {"title": "교과서", "copies": 12}), 201)["id"]
    Bus().settle()
    borrow(haneul, many, quantity=10)

    refused(haneul.post("loans", {"book": many}), 409, "loan_limit_reached")


def test_whoever_owes_too_much_is_blocked(book: int, haneul: Person, ada: Person) -> None:
    day = timezone.now() - timedelta(days=100)
    for _number in range(5):
        loan = done(ada.post("loans", {"patron": haneul.id, "book": book, "borrowed_on": str(day.date())}), 201)
        done(haneul.post(f"loans/{loan['id']}/return", {}))
    Bus().settle()

    refused(haneul.post("loans", {"book": book}), 409, "patron_blocked")
    assert done(haneul.get("dashboard"))["fines_outstanding"] == 10_000


def test_a_book_that_is_not_there_is_404(haneul: Person, ada: Person) -> None:
    refused(haneul.post("loans", {"book": 999_999}), 404, "not_found")
    refused(ada.post("loans", {"barcode": "NO-SUCH-CODE"}), 404, "not_found")


def test_the_desk_lends_to_a_patron_by_barcode_and_for_a_day_in_the_past(
    book: int, haneul: Person, ada: Person
) -> None:
    barcode = done(ada.get(f"books/{book}/copies"))["results"][0]["barcode"]
    day = timezone.localdate() - timedelta(days=20)

    loan = done(ada.post("loans", {"patron": haneul.id, "barcode": barcode, "borrowed_on": str(day)}), 201)
    assert [copy["barcode"] for copy in loan["copies"]] == [barcode]
    assert (loan["patron"], loan["due_on"]) == (haneul.id, str(day + timedelta(days=14)))
    assert loan["overdue"] is True


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": "1"}, "quantity"),
        ({"quantity": 1.0}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"quantity": None}, "quantity"),
        ({"quantity": 1_001}, "quantity"),
        ({"book": "1"}, "book"),
        ({"book": 0}, "book"),
        ({"patron": 1}, "patron"),
        ({"barcode": "B0000001-0001"}, "barcode"),
        ({"borrowed_on": "2026-01-01"}, "borrowed_on"),
    ],
)
def test_a_patron_may_ask_for_a_book_and_a_quantity_only(
    book: int, haneul: Person, wanted: dict[str, Any], field: str
) -> None:
    refused(haneul.post("loans", {"book": book, **wanted}), 400, "invalid", field)

    assert not Loan.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({}, "book"),
        ({"book": 1, "barcode": "B1"}, "book"),
        ({"barcode": "B1", "quantity": 2}, "quantity"),
        ({"book": 1, "patron": 999_999}, "patron"),
        ({"book": 1, "borrowed_on": str(timezone.localdate() + timedelta(days=2))}, "borrowed_on"),
        ({"book": 1, "borrowed_on": "0001-01-01"}, "borrowed_on"),
        ({"book": 1, "borrowed_on": "yesterday"}, "borrowed_on"),
        ({"book": 1, "borrowed_on": 20260101}, "borrowed_on"),
    ],
)
def test_what_the_desk_can_not_mean(ada: Person, wanted: dict[str, Any], field: str) -> None:
    refused(ada.post("loans", wanted), 400, "invalid", field)


def test_copies_come_back_in_parts(book: int, haneul: Person) -> None:
    loan = borrow(haneul, book, quantity=3)

    part = done(haneul.post(f"loans/{loan['id']}/return", {"quantity": 2}))
    assert part.keys() == ONE_LOAN | ONE_RETURN
    assert (part["outstanding"], part["status"], part["days_late"]) == (1, "active", 0)
    assert sum(copy["returned_at"] is not None for copy in part["copies"]) == 2
    refused(haneul.post(f"loans/{loan['id']}/return", {"quantity": 2}), 409, "not_on_loan")
    rest = done(haneul.post(f"loans/{loan['id']}/return"))
    assert (rest["outstanding"], rest["status"]) == (0, "returned")
    assert rest["returned_at"]
    refused(haneul.post(f"loans/{loan['id']}/return", {}), 409, "not_on_loan")


def test_the_desk_takes_back_by_barcode(book: int, haneul: Person, ada: Person) -> None:
    loan = borrow(haneul, book)

    closed = done(ada.post("returns", {"barcode": loan["copies"][0]["barcode"]}))
    assert closed.keys() == ONE_LOAN | ONE_RETURN
    assert (closed["id"], closed["status"]) == (loan["id"], "returned")
    refused(ada.post("returns", {"barcode": loan["copies"][0]["barcode"]}), 409, "not_on_loan")
    refused(ada.post("returns", {"barcode": "NO-SUCH-CODE"}), 409, "not_on_loan")


def test_a_loan_is_renewed_once(book: int, haneul: Person) -> None:
    loan = borrow(haneul, book)

    renewed = done(haneul.post(f"loans/{loan['id']}/renew"))
    assert renewed.keys() == ONE_LOAN
    assert (renewed["renewals"], renewed["due_on"]) == (1, str(timezone.localdate() + timedelta(days=28)))
    document = refused(haneul.post(f"loans/{loan['id']}/renew"), 409, "renewal_refused")
    assert document["reason"] == "already_renewed"


def test_an_overdue_loan_is_not_renewed(book: int, haneul: Person) -> None:
    loan = borrow(haneul, book)

    with time_machine.travel(timezone.now() + timedelta(days=15)):
        haneul.sign_in()
        document = refused(haneul.post(f"loans/{loan['id']}/renew"), 409, "renewal_refused")
    assert document["reason"] == "overdue"


def test_a_loan_may_be_asked_for_and_decided_later(book: int, haneul: Person) -> None:
    answer = haneul.post("loans", {"book": book}, headers={"Prefer": "respond-async"})

    asked = done(answer, 202)
    assert asked.keys() == ONE_LOAN
    assert (asked["status"], asked["due_on"], asked["copies"]) == ("requested", None, [])
    assert answer["Location"] == f"/api/v1/loans/{asked['id']}"
    assert int(answer["Retry-After"]) > 0
    assert answer["Preference-Applied"] == "respond-async"
    assert decide_requested_loans() == 1
    assert done(haneul.get(answer["Location"]))["status"] == "active"


@pytest.mark.parametrize(
    ("preference", "status"),
    [
        ("Respond-Async", 202),
        ("wait=5, respond-async; note=1", 202),
        ("handling=lenient, not-respond-async", 201),
        ('handling="respond-async"', 201),
    ],
)
def test_preferences_are_read_one_by_one_and_in_any_case(
    book: int, haneul: Person, preference: str, status: int
) -> None:
    assert haneul.post("loans", {"book": book}, headers={"Prefer": preference}).status_code == status


def test_only_what_is_requested_can_be_cancelled(book: int, haneul: Person) -> None:
    asked = done(haneul.post("loans", {"book": book}, headers={"Prefer": "respond-async"}), 202)

    cancelled = done(haneul.post(f"loans/{asked['id']}/cancel"))
    assert (cancelled["status"], cancelled["cancel_reason"]) == ("cancelled", "by_patron")
    refused(haneul.post(f"loans/{asked['id']}/cancel"), 409, "not_cancellable")
    refused(haneul.post(f"loans/{borrow(haneul, book)['id']}/cancel"), 409, "not_cancellable")


def test_somebody_elses_loan_is_not_there(book: int, haneul: Person, jiwoo: Person, ada: Person) -> None:
    loan = borrow(haneul, book)

    refused(jiwoo.get(f"loans/{loan['id']}"), 404, "not_found")
    for verb in ("return", "renew", "cancel"):
        refused(jiwoo.post(f"loans/{loan['id']}/{verb}"), 404, "not_found")
    assert done(jiwoo.get("loans"))["results"] == []
    assert done(jiwoo.get("loans", {"patron": haneul.id}))["results"] == []
    assert LoanLine.objects.filter(ending="").count() == 1
    assert done(ada.get(f"loans/{loan['id']}"))["patron"] == haneul.id


def test_lists_of_loans_are_narrowed(book: int, haneul: Person, jiwoo: Person, ada: Person) -> None:
    mine, hers = borrow(haneul, book)["id"], borrow(jiwoo, book)["id"]
    done(haneul.post(f"loans/{mine}/return"))

    for query, found in [
        ({}, [hers, mine]),
        ({"status": "returned"}, [mine]),
        ({"patron": jiwoo.id}, [hers]),
        ({"patron": jiwoo.id, "status": "returned"}, []),
    ]:
        assert [loan["id"] for loan in done(ada.get("loans", query))["results"]] == found, query


@pytest.mark.parametrize(
    ("query", "field"),
    [({"status": "lost"}, "status"), ({"patron": "x"}, "patron"), ({"patron": 10**30}, "patron"), ({"y": 1}, "y")],
)
def test_a_query_with_a_fault(haneul: Person, query: dict[str, Any], field: str) -> None:
    refused(haneul.get("loans", query), 400, "invalid", field)

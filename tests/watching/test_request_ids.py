"""Whatever a request leads to has its id: also when others' wishes were done with it, or when it was done later."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from kernel.eventbus.models import Event
from kernel.observability.tracing import Trace
from lending.checkout.services import BorrowRequest, borrow_books
from lending.deferral.tasks import decide_requested_loans
from tests.bus import Bus
from tests.factories import Town
from tests.lending.overload import overloaded
from tests.people import Person

pytestmark = pytest.mark.django_db
ID = uuid.UUID("9d3f1c52-6a77-4e1b-8a40-0f5c2b7e6d11")
ASKED = {"X-Request-ID": str(ID)}


@pytest.fixture
def bus() -> Bus:
    """One order is enough."""
    return Bus()


def told(name: str) -> dict[str, Any]:
    """The newest event of that name: whose it is, and what led to it."""
    event = Event.objects.filter(name=name).latest("id")
    return {"patron": event.payload["patron"], "led to by": event.correlation_id}


@pytest.mark.parametrize(
    ("given", "kept"),
    [(str(ID), True), (str(ID).upper(), True), (ID.hex, True), ("P-7342", False), (f"{{{ID}}}", False), ("", False)],
)
def test_only_a_uuid_is_taken_as_a_requests_id(given: str, kept: bool) -> None:
    answer = Person().get("/health/live", headers={"X-Request-ID": given})
    assert (answer["X-Request-ID"] == str(ID)) is kept
    assert uuid.UUID(answer["X-Request-ID"])


def test_who_is_lent_to_together_with_others_keeps_the_id_of_the_own_request(town: Town) -> None:
    ids = {patron.id: uuid.uuid4() for patron in (town.haneul, town.jo)}
    book = town.book(copies=2)
    now = timezone.now()
    borrow_books(
        [BorrowRequest(patron_id=pk, book_id=book, requested_at=now, trace=Trace(ids[pk])) for pk in ids], now=now
    )
    events = Event.objects.filter(name="BookBorrowed")
    assert {event.payload["patron"]: event.correlation_id for event in events} == ids


@pytest.mark.parametrize(("quantity", "name"), [(1, "BookBorrowed"), (2, "LoanCancelled")])
def test_what_is_decided_later_has_the_id_of_the_request_that_asked_for_it(
    town: Town, quantity: int, name: str
) -> None:
    wanted = {"book": town.book(copies=1), "quantity": quantity}
    answer = town.haneul.post("loans", wanted, headers={**ASKED, "Prefer": "respond-async"})
    assert answer.status_code == 202
    decide_requested_loans()
    assert told(name) == {"patron": town.haneul.id, "led to by": ID}


def test_a_loan_that_was_put_off_under_overload_has_the_id_of_its_request(town: Town) -> None:
    book = town.book()
    with overloaded():
        assert town.haneul.post("loans", {"book": book}, headers=ASKED).status_code == 202
    decide_requested_loans()
    assert told("BookBorrowed")["led to by"] == ID


def test_a_return_that_was_put_off_has_the_id_of_its_request(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    with overloaded():
        assert town.haneul.post(f"loans/{loan['id']}/return", {}, headers=ASKED).status_code == 202
    decide_requested_loans()
    assert told("BookReturned")["led to by"] == ID


def test_who_calls_a_loan_off_leads_to_that(town: Town) -> None:
    loan = town.ask_for(town.haneul, town.book())
    assert town.haneul.post(f"loans/{loan['id']}/cancel", {}, headers=ASKED).status_code == 200
    assert told("LoanCancelled")["led to by"] == ID


def test_what_a_handler_does_about_it_has_the_id_too(town: Town) -> None:
    loan = town.lend_long_ago(town.haneul, town.book())
    assert town.haneul.post(f"loans/{loan['id']}/return", {}, headers=ASKED).status_code == 200
    town.bus.settle()
    assert told("FineCharged")["led to by"] == ID

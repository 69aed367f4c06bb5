"""Every event says who did it, through which door, and why where somebody gave a reason."""

import uuid
from typing import Any

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string

from fines.models import Fine
from kernel.eventbus.stream.log import end_of_log, events_after
from kernel.observability.tracing import DOORS, Trace, tracing
from lending.deferral.services import defer_loan, defer_return
from library.operations.set_up import SCHEDULES
from tests.admin.door import Door, a_moment_later
from tests.admin.test_catalogue import RECORD
from tests.admin.test_people import NEW
from tests.api.answers import done
from tests.bus import Bus
from tests.factories import Town
from tests.people import Person, a_librarian
from tests.processes import run

pytestmark = pytest.mark.django_db
Deed = tuple[int | None, str, str]
OVERDUE = "2026-01-05"
AS_A_WORKER = """
import sys
sys.argv = ["manage.py", "qcluster"]
import django
django.setup()
from django.utils.module_loading import import_string
from library.operations.set_up import SCHEDULES
import_string(SCHEDULES["announce overdue loans"][0])()
"""


@pytest.fixture
def bus() -> Bus:
    """One order of deliveries is enough."""
    return Bus()


@pytest.fixture
def town(town: Town) -> Town:
    """The town with its people, whom no door has registered: `deeds` are of what comes after `end_of_log`."""
    assert town.librarian.id != town.haneul.id
    return town


def deeds(start: int) -> dict[str, set[Deed]]:
    """Who did what since then, by event, but for the terms of the first loan; never nobody knows how."""
    found: dict[str, set[Deed]] = {}
    for event in events_after(start, 1_000):
        assert event.via in DOORS, event.name
        found.setdefault(event.name, set()).add((event.by, event.via, event.reason))
    found.pop("TermsKept", None)
    return found


def test_through_the_api_it_is_whose_token_it_is(town: Town) -> None:
    start, ada, haneul = end_of_log(), town.librarian, town.haneul
    done(ada.post("patrons", {"card_number": "P-7300", "name": "Bo", "language": "en", "password": "ㅂㅏㄷㅏ-7300",
                              "email": ""}), 201)  # fmt: skip
    book = town.book(copies=3)
    done(ada.patch(f"books/{book}", {"title": "무진기행 외"}))
    loan = town.lend(haneul, book)
    done(haneul.post(f"loans/{loan['id']}/renew"))
    town.give_back(haneul, loan)
    asked = town.ask_for(haneul, book)
    done(haneul.post(f"loans/{asked['id']}/cancel"))
    late = town.lend_long_ago(haneul, book)
    town.give_back(haneul, late)
    fine = haneul.get("fines").json()["results"][0]
    done(ada.post(f"fines/{fine['id']}/payments", {"amount": 500}), 201)
    done(ada.post(f"fines/{fine['id']}/waive", {"reason": "폭설"}))

    by_ada, by_haneul = (ada.id, "api", ""), (haneul.id, "api", "")
    assert deeds(start) == {
        **{name: {by_ada} for name in ("PatronRegistered", "BookRegistered", "BookRevised", "CopyAdded", "FinePaid")},
        **{name: {by_haneul} for name in ("LoanRenewed", "BookReturned", "LoanCancelled")},
        "BookBorrowed": {by_haneul, by_ada},
        "FineCharged": {by_haneul},
        "FineWaived": {(ada.id, "api", "폭설")},
    }


def test_a_loan_that_is_decided_later_is_whose_request_it_was(town: Town) -> None:
    book = town.book()
    start = end_of_log()
    town.ask_for(town.haneul, book)
    import_string(SCHEDULES["decide what was requested"][0])()
    assert deeds(start) == {"BookBorrowed": {(town.haneul.id, "api", "")}}


def test_what_is_deferred_keeps_why_it_was_asked_for(town: Town) -> None:
    book, other = town.book(), town.book(title="토지")
    loan, decide = town.lend(town.haneul, book), import_string(SCHEDULES["decide what was requested"][0])
    start = end_of_log()
    with tracing(Trace(uuid.uuid4(), by=town.librarian.id, via="desk", reason="the lift is out of order")):
        defer_return(loan["id"], now=timezone.now())
        defer_loan(patron_id=town.haneul.id, book_id=other, now=timezone.now())
    with tracing(Trace(uuid.uuid4(), via="schedule", reason="every minute")):
        decide()
    deed = (town.librarian.id, "desk", "the lift is out of order")
    assert deeds(start) == {"BookReturned": {deed}, "BookBorrowed": {deed}}


def test_the_browsers_session_is_the_api_too(town: Town) -> None:
    start, browser = end_of_log(), Person()
    browser.force_login(town.librarian.user, backend="accounts.passwords.backends.CurrentCards")
    done(browser.post("books", {"title": "토지"}), 201)
    assert deeds(start) == {"BookRegistered": {(town.librarian.id, "api", "")}}


def test_on_the_staff_pages_it_is_who_is_signed_in(town: Town) -> None:
    town.fines(town.haneul)
    fine = Fine.objects.get()
    start, staff = end_of_log(), Door(town.librarian.user)
    staff.send("catalog_book_add", **{**RECORD, "isbn": "", "copies": "1"})
    staff.send("accounts_user_add", **NEW)
    staff.act("fines_fine", "waive", fine, confirmed="yes", reason="폭설")

    done_there = (staff.user.pk, "admin", "")
    assert deeds(start) == {
        **{name: {done_there} for name in ("BookRegistered", "CopyAdded", "PatronRegistered")},
        "FineWaived": {(*done_there[:2], "폭설")},
    }


def test_at_the_desk_it_is_the_librarian_and_never_the_patron(town: Town) -> None:
    book = town.book()
    barcode = town.librarian.get(f"books/{book}/copies").json()["results"][0]["barcode"]
    start, desk = end_of_log(), Door(town.librarian.user)
    desk.lend(town.haneul.user.card_number, barcode)
    a_moment_later()
    desk.scan(barcode)
    town.bus.settle()

    at_the_desk = {(town.librarian.id, "desk", "")}
    assert deeds(start) == {"BookBorrowed": at_the_desk, "BookReturned": at_the_desk}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("command", "via"), [(["manage.py", "sweep_overdue"], "command"), (["-c", AS_A_WORKER], "schedule")]
)
def test_a_command_and_the_clock_are_nobody(command: list[str], via: str) -> None:
    ada, bus = a_librarian(), Bus()
    book: dict[str, Any] = done(ada.post("books", {"title": "토지", "copies": 1}), 201)
    bus.settle()
    done(ada.post("loans", {"patron": ada.id, "book": book["id"], "borrowed_on": OVERDUE}), 201)
    start = end_of_log()

    ran = run(*command, DJANGO_SETTINGS_MODULE="library.settings")
    assert ran.returncode == 0, ran.stderr
    assert deeds(start) == {"BookExpired": {(None, via, "")}}

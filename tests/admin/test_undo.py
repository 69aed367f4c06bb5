"""Undoing on the staff side: a page asks why, each act is confirmed."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from catalog.services import register_book
from fines.models import Fine
from lending.checkout.services import borrow_book
from lending.models import Loan
from lending.renewals.services import renew_loan
from lending.returns.services import return_book
from tests.admin.door import Door, a_patron
from tests.bus import Bus

NOON = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Seoul"))
LATE = datetime(2026, 3, 20, 12, tzinfo=ZoneInfo("Asia/Seoul"))
pytestmark = pytest.mark.django_db


@pytest.fixture
def loan(librarian: Door, bus: Bus) -> Loan:
    """A loan of a patron, of a book with one copy."""
    with time_machine.travel(NOON, tick=False):
        book = register_book(now=NOON, title="소나기", copies=1)
        patron = a_patron()
        bus.settle()
        return borrow_book(patron_id=patron.pk, book_id=book.pk, now=NOON)


def sure(door: Door, action: str, loan: Loan, **fields: str) -> str:
    """Does an undo, after the page that asks why."""
    asked = door.act("lending_loan", action, loan)
    assert 'name="reason"' in asked
    return door.act("lending_loan", action, loan, confirmed="yes", **fields)


def test_a_renewal_and_then_the_loan(librarian: Door, loan: Loan) -> None:
    renew_loan(loan.pk, now=NOON)
    assert "something else was done to the loan since" in sure(librarian, "undo_loan", loan, reason="잘못")
    assert 'name="reason"' in sure(librarian, "undo_renewal", loan)
    assert "Undone: 1." in sure(librarian, "undo_renewal", loan, reason="잘못 누름")
    assert "there is nothing to undo" in sure(librarian, "undo_renewal", loan, reason="잘못 누름")
    assert "Undone: 1." in sure(librarian, "undo_loan", loan, reason="잘못 찍음")
    loan.refresh_from_db()
    assert (loan.status, loan.cancel_reason, loan.renewals) == ("cancelled", "by_library", 0)


def test_a_late_return_with_its_fine(librarian: Door, loan: Loan, bus: Bus) -> None:
    with time_machine.travel(LATE, tick=False):
        return_book(loan.pk, now=LATE)
        bus.settle()
        assert Fine.objects.count() == 1
        assert "Undone: 1." in sure(librarian, "undo_return", loan, reason="다른 책")
        page = librarian.see("lending_loan_change", loan.pk)
    assert "Undo loan" in page
    loan.refresh_from_db()
    assert (loan.status, loan.returned_at) == ("active", None)

"""The history button, and who has a copy: what really happened, one click away."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from catalog.models import Copy
from catalog.services import add_copies, register_book, revise_book
from kernel.observability.tracing import acting
from lending.checkout.services import borrow_book
from lending.marks.rules import Mark
from lending.marks.services import mark_copy
from lending.models import Loan
from lending.returns.services import return_book
from tests.admin.door import Door, a_librarian, a_patron
from tests.bus import Bus
from tests.reading import text_of

NOON = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Seoul"))
pytestmark = pytest.mark.django_db


@pytest.fixture
def haneul(librarian: Door) -> User:
    """A patron."""
    return a_patron()


@pytest.fixture
def loan(haneul: User, bus: Bus) -> Loan:
    """What the patron has: a book whose record Ada corrected."""
    with acting(by=User.objects.get(card_number="L-7101").pk, via="admin", reason="오타"):
        book = register_book(now=NOON, title="소나귀", copies=1)
        revise_book(book.pk, now=NOON, title="소나기")
    bus.settle()
    return borrow_book(patron_id=haneul.pk, book_id=book.pk, now=NOON)


def history(door: Door, model: str, pk: int) -> str:
    """The page behind the history button."""
    return str(door.get(reverse(f"admin:{model}_history", args=[pk]), follow=True).content.decode())


def test_a_books_history_says_who_changed_what(librarian: Door, loan: Loan) -> None:
    page = history(librarian, "catalog_book", loan.book_id)
    assert page.index("copy added: ") < page.index("registered")
    assert page.index("record changed") < page.index("registered")
    assert page.count("Ada Shelf") >= 3
    assert "오타" in page
    assert "lent" not in text_of(page)


def test_a_copys_history_is_what_became_of_it(librarian: Door, loan: Loan) -> None:
    copy = Copy.objects.get(book=loan.book_id)
    (other,) = add_copies(loan.book_id, now=NOON, count=1)
    assert "<td>lent</td>" in history(librarian, "catalog_copy", copy.pk)
    cataloguer = history(a_librarian("L-7102", roles=["cataloguer"]), "catalog_copy", copy.pk)
    assert f"copy added: {copy.barcode}" in cataloguer
    assert other.barcode not in cataloguer
    assert "<td>lent</td>" not in cataloguer
    assert "record changed" not in cataloguer


def test_a_persons_history_is_what_was_borrowed(librarian: Door, loan: Loan) -> None:
    assert "<td>lent</td>" in history(librarian, "accounts_user", loan.patron_id)
    cashier = history(a_librarian("L-7102", roles=["cashier"]), "accounts_user", loan.patron_id)
    assert "<td>registered</td>" in cashier
    assert "<td>lent</td>" not in cashier


def test_every_refusal_of_a_copy_that_is_out_leads_to_who_has_it(librarian: Door, loan: Loan, bus: Bus) -> None:
    bus.settle()
    link = f'<a href="{reverse("admin:lending_loan_change", args=[loan.pk])}">who has it</a>'
    copy = Copy.objects.get(book=loan.book_id)
    assert "who has it: " in librarian.scan("소나기")
    marking = {"action": "mark", "_selected_action": copy.pk, "confirmed": "yes", "mark": "damaged", "reason": "젖음"}
    assert f"mark it as lost. {link}" in librarian.send("lending_copy_changelist", **marking)
    assert link in librarian.see("catalog_book_change", loan.book_id)
    withdrawing = {"action": "withdraw", "_selected_action": copy.pk, "confirmed": "yes"}
    assert f"before it is withdrawn. {link}" in librarian.send("catalog_copy_changelist", **withdrawing)
    assert "Marked “lost”: 1." in librarian.send("lending_copy_changelist", **{**marking, "mark": "lost"})


def test_an_undo_that_is_refused_leads_to_who_has_it_now(librarian: Door, loan: Loan) -> None:
    return_book(loan.pk, now=NOON)
    again = borrow_book(patron_id=a_patron("P-7102").pk, book_id=loan.book_id, now=NOON)
    link = f'<a href="{reverse("admin:lending_loan_change", args=[again.pk])}">who has it</a>'
    page = librarian.act("lending_loan", "undo_return", loan, confirmed="yes", reason="잘못")
    assert f"the copy went on since. {link}" in page


def test_a_lost_loan_is_listed_as_lost(librarian: Door, loan: Loan) -> None:
    with time_machine.travel(NOON, tick=False):
        mark_copy(Copy.objects.get(book=loan.book_id).pk, mark=Mark.LOST, now=NOON, reason="버스에")
    page = librarian.see("lending_loan_changelist")
    assert '<td class="field-status_shown">lost</td>' in page
    assert '<td class="field-status_shown">returned</td>' not in page
    assert "brought back" not in history(librarian, "accounts_user", loan.patron_id)

"""Loans on their own pages: found, renewed, taken back and cancelled."""

import html
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from lending.deferral.decisions import request_loan
from lending.models import Loan
from tests.admin.door import Door, said

pytestmark = pytest.mark.django_db


def test_loans_are_renewed_taken_back_and_cancelled_on_their_pages(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    librarian.lend("P-7101", barcodes[0])
    loan = Loan.objects.get()
    request = request_loan(patron_id=haneul.pk, book_id=loan.book_id, now=timezone.now())
    assert 'value="renew"' in librarian.see("lending_loan_change", loan.pk)
    assert 'value="cancel"' not in librarian.see("lending_loan_change", loan.pk)
    assert "Renewed: 1." in librarian.act("lending_loan", "renew", loan)
    assert "it was renewed as often as the rules allow" in librarian.act("lending_loan", "renew", loan)
    assert "Only a loan that is still requested can be cancelled" in librarian.act("lending_loan", "cancel", loan)
    assert "Cancelled: 1." in librarian.act("lending_loan", "cancel", request, of_one=str(request.pk))
    assert "are taken back now" in librarian.act("lending_loan", "take_back", loan)
    assert "Taken back: 1." in librarian.act("lending_loan", "take_back", loan, confirmed="yes")
    assert said()[-3:] == ["LoanRenewed", "LoanCancelled", "BookReturned"]


def test_loans_are_found_by_card_barcode_and_number_and_by_being_overdue(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    librarian.lend("P-7101", barcodes[0])
    loan = Loan.objects.get()
    for term in ("P-7101", barcodes[0], str(loan.pk)):
        assert "소나기" in librarian.see("lending_loan_changelist", q=term)
    assert "소나기" not in librarian.see("lending_loan_changelist", q="P-7102")
    assert "소나기" not in librarian.see("lending_loan_changelist", overdue="yes")
    Loan.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert "소나기" in librarian.see("lending_loan_changelist", overdue="yes")


def test_who_does_not_confirm_finds_the_list_as_it_was(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    librarian.lend("P-7101", barcodes[0])
    listed = f"{reverse('admin:lending_loan_changelist')}?status__exact=active&q=P-7101"
    page = librarian.post(listed, {"action": "take_back", "_selected_action": Loan.objects.get().pk}).content.decode()
    assert f'<a class="button" href="{html.escape(listed)}">No, go back</a>' in page

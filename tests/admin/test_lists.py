"""Lists to work from: overdue, lost, debts and cards that end soon, as pages and files, each for who may see it."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from lending.marks.rules import Mark
from lending.marks.services import mark_copy
from lending.models import Copy, Loan
from tests.admin.door import Door, a_librarian
from tests.admin.test_till import a_fine

pytestmark = pytest.mark.django_db


def test_what_is_overdue_is_listed_with_whom_to_call_the_longest_first(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    assert "Nothing is overdue." in librarian.see("desk_list", "overdue")
    User.objects.filter(pk=haneul.pk).update(phone="010-1234-5678")
    for barcode in barcodes[:2]:
        librarian.lend("P-7101", barcode)
    Loan.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    Loan.objects.filter(pk=Loan.objects.latest("pk").pk).update(due_on=F("due_on") - timedelta(days=6))
    page = librarian.see("desk_list", "overdue")
    assert page.index(barcodes[1]) < page.index(barcodes[0])
    assert "010-1234-5678" in page
    answer = librarian.get(reverse("admin:desk_list", args=["overdue"]), {"as": "csv"})
    assert answer.content.decode("utf-8-sig").splitlines()[1].startswith("7,")


def test_what_is_lost_is_listed_with_who_lost_it(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    librarian.lend("P-7101", barcodes[0])
    mark_copy(Copy.objects.get(barcode=barcodes[0]).pk, mark=Mark.LOST, reason="분실", now=timezone.now())
    page = librarian.see("desk_list", "lost")
    assert barcodes[0] in page
    assert "P-7101" in page


def test_debts_and_cards_that_end_soon_are_listed(librarian: Door, haneul: User) -> None:
    a_fine(1)
    assert "1,000 KRW" in librarian.see("desk_list", "debts")
    assert "P-7101" not in librarian.see("desk_list", "cards")
    User.objects.filter(pk=haneul.pk).update(expires_on=timezone.localdate() + timedelta(days=30))
    assert "P-7101" in librarian.see("desk_list", "cards")


def test_a_list_is_for_who_may_see_what_it_is_about() -> None:
    desk = a_librarian("L-1", roles=["desk"])
    assert desk.get(reverse("admin:desk_list", args=["debts"])).status_code == 403
    assert "Debts" not in desk.see("desk_list", "overdue")
    assert desk.get(reverse("admin:desk_list", args=["nothing"])).status_code == 404

"""The librarians' door when lending has too much to do: people wait, and nothing that was typed is lost."""

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.models import Copy
from catalog.services import register_book
from lending.deferral.tasks import decide_requested_loans
from lending.models import Loan
from tests.admin.door import Door, a_librarian, a_moment_later, a_patron
from tests.bus import Bus
from tests.lending.overload import admission_limits, breaker_open, overloaded
from tests.stories.test_overload import failing

pytestmark = pytest.mark.django_db


@pytest.fixture
def barcode(bus: Bus) -> str:
    """The barcode of a book's one copy, and a patron with a card."""
    a_patron()
    book = register_book(now=timezone.now(), title="소나기", copies=1)
    bus.settle()
    return Copy.objects.get(book=book).barcode


def sent_again(door: Door, page: Any) -> str:
    """Presses the page's button."""
    form = page.content.decode().rpartition("<form")[2]
    action = re.search(r'action="([^"]+)"', form)
    assert action
    typed = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    answer = door.post(action[1], {name: html.unescape(value) for name, value in typed}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def the_patron() -> User:
    """Who borrows."""
    return User.objects.get(card_number="P-7101")


def lent(door: Door, barcode: str) -> Loan:
    """The copy is lent at the desk."""
    door.lend("P-7101", barcode)
    return Loan.objects.get(status="active")


def test_what_was_scanned_is_kept_and_lent_at_the_second_try(librarian: Door, barcode: str) -> None:
    with overloaded():
        page = librarian.post(reverse("admin:desk_scan"), {"typed": barcode, "patron": the_patron().pk})
    assert (page.status_code, int(page["Retry-After"]) >= 1) == (503, True)
    assert "do this just now." in page.content.decode()
    assert not Loan.objects.exists()
    assert "Lent until" in sent_again(librarian, page)


def test_the_circuit_breaker_is_not_for_who_stands_at_the_desk(librarian: Door, barcode: str) -> None:
    with breaker_open():
        page = librarian.scan(barcode, patron=the_patron().pk)
        assert "Lent until" in page
        renewal = {"action": "renew", "_selected_action": Loan.objects.get().pk}
        assert librarian.post(reverse("admin:lending_loan_changelist"), renewal).status_code == 503


def test_where_all_is_taken_a_slot_is_kept_for_who_stands_at_the_desk(librarian: Door, barcode: str) -> None:
    with admission_limits(concurrent=0, queued=0, kept=1):
        assert "Lent until" in librarian.scan(barcode, patron=the_patron().pk)
        renewal = {"action": "renew", "_selected_action": Loan.objects.get().pk}
        assert librarian.post(reverse("admin:lending_loan_changelist"), renewal).status_code == 503


def test_the_page_speaks_korean_too(barcode: str) -> None:
    door = a_librarian(headers={"accept-language": "ko"})
    with overloaded():
        page = door.post(reverse("admin:desk_scan"), {"typed": barcode, "patron": the_patron().pk})
    assert "다시 시도" in page.content.decode()


def test_a_copy_on_the_desk_is_taken_for_later(librarian: Door, barcode: str) -> None:
    loan = lent(librarian, barcode)
    a_moment_later()
    with overloaded():
        page = librarian.scan(barcode)
    assert "The return is accepted and done soon." in page
    assert decide_requested_loans() == 1
    loan.refresh_from_db()
    assert loan.status == Loan.Status.RETURNED


def test_actions_on_loans_take_their_turn_too(librarian: Door, barcode: str) -> None:
    loan = lent(librarian, barcode)
    with overloaded():
        page = librarian.post(
            reverse("admin:lending_loan_changelist"), {"action": "renew", "_selected_action": loan.pk}
        )
        assert page.status_code == 503
        said = librarian.act("lending_loan", "take_back", loan, confirmed="yes")
    assert "the return is accepted and done soon." in said
    assert "Renewed: 1." in sent_again(librarian, page)
    assert decide_requested_loans() == 1


def test_a_file_is_chosen_again(librarian: Door) -> None:
    sent = {"file": SimpleUploadedFile("books.csv", b"title\nEmma\n"), "encoding": "utf-8", "source": ""}
    with failing(lambda sql: "importing" in sql):
        page = librarian.post(reverse("admin:catalog_bookimport_add"), sent)
    assert (page.status_code, "Only passwords and files are not" in page.content.decode()) == (503, True)

"""Lending and taking back at the desk, by card and barcode."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.models import Copy
from catalog.services import register_book
from fines.models import Fine
from lending.deferral.decisions import request_loan
from lending.models import Loan
from tests.admin.door import Door, a_librarian, a_patron, said
from tests.admin.test_till import a_fine
from tests.bus import Bus
from tests.people import PASSWORD

SEOUL = ZoneInfo("Asia/Seoul")
pytestmark = pytest.mark.django_db


@pytest.fixture
def haneul(librarian: Door) -> User:
    """A patron."""
    return a_patron()


@pytest.fixture
def barcodes(bus: Bus) -> list[str]:
    """The barcodes of a book's three copies."""
    book = register_book(now=timezone.now(), title="소나기", copies=3)
    bus.settle()
    return list(Copy.objects.filter(book=book).order_by("pk").values_list("barcode", flat=True))


def lend(door: Door, card_number: str, barcode: str = "") -> str:
    """Sends the desk's form."""
    return door.send("desk_lend", card_number=card_number, barcode=barcode)


def test_copies_are_lent_one_after_another_to_the_card_that_stays(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    page = lend(librarian, "p-7101")
    assert "김하늘" in page
    assert "Nothing is on loan." in page
    for barcode in barcodes[:2]:
        page = lend(librarian, "P-7101", barcode)
        assert f"{barcode} “소나기” is lent to 김하늘 until" in page
        assert 'value="P-7101"' in page
        assert page.index("autofocus") > page.index('name="barcode"')
    assert Loan.objects.filter(patron=haneul, status="active").count() == 2
    assert said().count("BookBorrowed") == 2


@pytest.mark.parametrize(
    ("card", "barcode", "sentence"),
    [
        ("P-0000", "", "Nobody has a card with the number P-0000."),
        ("P-0000", "B-1", "Nobody has a card with the number P-0000."),
        ("P-7101", "NO-SUCH", "There is no copy with the barcode NO-SUCH."),
        ("", "B-1", "This field is required"),
        ("x" * 33, "B-1", "at most 32 characters"),
    ],
)
def test_what_cannot_be_read_is_said(librarian: Door, haneul: User, card: str, barcode: str, sentence: str) -> None:
    assert sentence in lend(librarian, card, barcode)
    assert not Loan.objects.exists()


def test_refusals_of_lending_are_messages(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    lend(librarian, "P-7101", barcodes[0])
    assert "“소나기” is on loan already: take it back first." in lend(librarian, "P-7101", barcodes[0])
    User.objects.filter(pk=haneul.pk).update(is_active=False)
    assert "The card P-7101 is not active." in lend(librarian, "P-7101", barcodes[1])
    assert Loan.objects.count() == 1


def test_a_loan_of_an_earlier_day_is_recorded_and_the_day_stays(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    day = timezone.localdate() - timedelta(days=5)
    page = librarian.send("desk_lend", card_number="P-7101", barcode=barcodes[0], borrowed_on=day.isoformat())
    assert f'value="{day.isoformat()}"' in page
    assert Loan.objects.get().due_on == day + timedelta(days=14)
    tomorrow = timezone.localdate() + timedelta(days=1)
    page = librarian.send("desk_lend", card_number="P-7101", barcode=barcodes[1], borrowed_on=tomorrow.isoformat())
    assert "be made in the future." in page
    assert Loan.objects.count() == 1


def test_the_limit_of_copies_holds_at_the_desk(librarian: Door, haneul: User, bus: Bus) -> None:
    book = register_book(now=timezone.now(), title="토지", copies=11)
    bus.settle()
    for copy in book.copies.order_by("pk")[:10]:
        lend(librarian, "P-7101", copy.barcode)
    last = book.copies.order_by("pk").last()
    assert last
    assert "A patron may have 10 copies out" in lend(librarian, "P-7101", last.barcode)


def test_a_copy_in_time_comes_back_without_a_word_of_money(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    lend(librarian, "P-7101", barcodes[0])
    page = librarian.send("desk_return", barcode=barcodes[0].lower())
    assert f"{barcodes[0]} “소나기” is back from 김하늘 (P-7101)." in page
    assert "days late:" not in page
    assert "autofocus" in page
    assert said()[-1] == "BookReturned"


def test_a_late_copy_says_how_late_and_what_it_costs(bus: Bus) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 10, tzinfo=SEOUL), tick=False) as clock:
        a_patron()
        book = register_book(now=timezone.now(), title="소나기", copies=1)
        bus.settle()
        barcode = book.copies.get().barcode
        lend(a_librarian("L-1"), "P-7101", barcode)
        clock.shift(timedelta(days=22))
        page = a_librarian("L-2").send("desk_return", barcode=barcode)
        assert "8 days late: a fine of 1,000 KRW is charged by the schedule." in page
        bus.settle()
        assert Fine.objects.get().amount == 1000


def test_what_is_not_out_cannot_come_back(librarian: Door, barcodes: list[str]) -> None:
    assert f"The copy {barcodes[0]} of “소나기” is not on loan." in librarian.send("desk_return", barcode=barcodes[0])
    assert "There is no copy with the barcode Q." in librarian.send("desk_return", barcode="Q")
    assert "BookReturned" not in said()


def test_loans_are_renewed_taken_back_and_cancelled_on_their_pages(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    lend(librarian, "P-7101", barcodes[0])
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
    lend(librarian, "P-7101", barcodes[0])
    loan = Loan.objects.get()
    for term in ("P-7101", barcodes[0], str(loan.pk)):
        assert "소나기" in librarian.see("lending_loan_changelist", q=term)
    assert "소나기" not in librarian.see("lending_loan_changelist", q="P-7102")
    assert "소나기" not in librarian.see("lending_loan_changelist", overdue="yes")
    Loan.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert "소나기" in librarian.see("lending_loan_changelist", overdue="yes")


def test_the_desk_needs_the_form_s_token(librarian: Door, barcodes: list[str]) -> None:
    careful: Any = Door(librarian.user, enforce_csrf_checks=False)
    careful.handler.enforce_csrf_checks = True
    assert careful.post("/admin/desk/return/", {"barcode": barcodes[0]}).status_code == 403


def test_the_desk_sees_what_a_patron_owes_and_who_may_see_fines_the_way_to_them() -> None:
    a_fine(1)
    for role, leads_to_the_fines in (("desk", False), ("administrator", True)):
        page = lend(a_librarian(f"L-{role}", roles=[role]), "P-7501")
        assert "1,000 KRW are owed." in page
        assert ("fines/fine/?q=P-7501" in page) == leads_to_the_fines


@pytest.mark.parametrize("page", ["desk_lend", "desk_return"])
def test_a_scan_after_the_session_ended_is_shown_as_not_done(barcodes: list[str], page: str) -> None:
    patron = a_patron("P-9001")
    desk = a_librarian("L-9001")
    if page == "desk_return":
        desk.send("desk_lend", card_number="P-9001", barcode=barcodes[0])
    loans = Loan.objects.count()
    desk.logout()
    sign_in = desk.post(reverse(f"admin:{page}"), {"card_number": "P-9001", "barcode": barcodes[0]}, follow=True)
    assert "what you sent was not done" in sign_in.content.decode()
    assert (Loan.objects.count(), patron.is_active) == (loans, True)

    fields = {"username": "L-9001", "password": PASSWORD, "next": sign_in.context["next"]}
    shown = desk.post(reverse("admin:login"), fields, follow=True).content.decode()
    assert f"The scan of {barcodes[0]} was not done" in shown
    assert f'value="{barcodes[0]}"' in shown


def test_a_backdate_is_loud_and_ends_with_the_patron(barcodes: list[str]) -> None:
    for card in ("P-9001", "P-9002"):
        a_patron(card)
    desk, day = a_librarian("L-9001"), timezone.localdate() - timedelta(days=3)
    page = desk.send("desk_lend", card_number="P-9001", barcode=barcodes[0], borrowed_on=day, on_screen="P-9001")
    assert "Loans to this patron are recorded as of" in page
    assert 'name="on_screen" value="P-9001"' in page
    page = desk.send("desk_lend", card_number="p-9002", barcode=barcodes[1], borrowed_on=day, on_screen="P-9001")
    assert "are recorded as of" not in page
    days = [timezone.localdate(loan.borrowed_at) for loan in Loan.objects.order_by("pk")]
    assert days == [day, timezone.localdate()]

"""Lending and taking back at the desk: one box for cards, copies, commands and words."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.models import Copy
from catalog.services import register_book
from desk.models import Act
from desk.scanning.meaning import Command
from fines.models import Fine
from lending.deferral.decisions import request_loan
from lending.models import Copy as LendingCopy
from lending.models import Loan, Patron, Return
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


def answered(door: Door, typed: str, **fields: Any) -> dict[str, Any]:
    """What a script is answered."""
    body = {"typed": typed, "form_key": str(uuid.uuid4()), **fields}
    answer = door.post(reverse("admin:desk_scan"), body, headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.content.decode()
    return dict(answer.json())


def later(seconds: int = 6) -> None:
    """The acts so far are so old that a copy may be read again."""
    Act.objects.update(at=F("at") - timedelta(seconds=seconds))


def test_copies_are_lent_one_after_another_to_the_card_that_stays(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    page = librarian.scan("p-7101")
    assert "김하늘" in page
    assert "Nothing is on loan." in page
    for barcode in barcodes[:2]:
        page = librarian.scan(barcode, patron=haneul.pk)
        assert f"<code>{barcode}</code> <b>소나기</b>" in page
        assert "Lent until" in page
        assert f'name="patron" value="{haneul.pk}"' in page
    assert Loan.objects.filter(patron=haneul, status="active").count() == 2
    assert said().count("BookBorrowed") == 2


def test_another_card_is_the_next_patron_after_one_scan(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    other = a_patron("P-7102", "이몽룡")
    librarian.lend("P-7101", barcodes[0])
    shown = answered(librarian, "P-7102", patron=haneul.pk)
    assert (shown["on_screen"], shown["acts"]) == (other.pk, [])
    librarian.scan(barcodes[1], patron=other.pk)
    assert list(Loan.objects.order_by("pk").values_list("patron", flat=True)) == [haneul.pk, other.pk]


def test_a_copy_that_is_out_comes_back_whoever_has_it_and_whoever_is_on_screen(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    other = a_patron("P-7102", "이몽룡")
    librarian.lend("P-7101", barcodes[0])
    later()
    shown = answered(librarian, barcodes[0].lower(), patron=other.pk)
    assert (shown["on_screen"], shown["sound"]) == (other.pk, "back")
    assert "김하늘" in shown["acts"][0]["html"]
    assert "days late" not in shown["acts"][0]["html"]
    assert said()[-1] == "BookReturned"


def test_copies_wait_for_a_card_and_are_lent_to_the_next_one(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    first = answered(librarian, barcodes[0])
    both = answered(librarian, barcodes[1], basket=first["waiting"])
    assert both["waiting"] == ",".join(barcodes[:2])
    assert not Loan.objects.exists()
    shown = answered(librarian, "P-7101", basket=both["waiting"])
    assert (shown["waiting"], len(shown["acts"])) == ("", 2)
    assert Loan.objects.filter(patron=haneul).count() == 2


@pytest.mark.parametrize("typed", ["P-0000", "NO-SUCH", "없는 책"])
def test_what_is_not_found_is_said(librarian: Door, typed: str) -> None:
    assert "No card, no copy and no book was found by that." in librarian.scan(typed)


def test_words_find_patrons_and_books_and_who_has_them(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    librarian.lend("P-7101", barcodes[0])
    page = librarian.scan("김하늘")
    assert 'value="P-7101"' in page
    page = librarian.scan("소나기")
    loan = Loan.objects.get()
    assert f'href="/admin/lending/loan/{loan.pk}/change/">who has it: 김하늘</a>' in page
    assert all(barcode in page for barcode in barcodes)


def test_a_number_on_a_label_and_on_a_card_is_asked_about(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    twin = a_patron(barcodes[0], "성춘향")
    page = librarian.scan(barcodes[0], patron=haneul.pk)
    assert "is on a label and on a card" in page
    assert not Loan.objects.exists()
    assert answered(librarian, barcodes[0], only="card")["on_screen"] == twin.pk
    assert "Lent until" in librarian.scan(barcodes[0], only="copy", patron=haneul.pk)


def test_a_scan_that_is_sent_again_does_nothing_and_is_answered_as_before(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    key = str(uuid.uuid4())
    first = answered(librarian, barcodes[0], patron=haneul.pk, form_key=key)
    again = answered(librarian, barcodes[0], patron=haneul.pk, form_key=key)
    assert [act["id"] for act in again["acts"]] == [act["id"] for act in first["acts"]]
    Act.objects.all().delete()  # as if the process had died between lending and its note
    assert "Lent until" in answered(librarian, barcodes[0], patron=haneul.pk, form_key=key)["acts"][0]["html"]
    assert said().count("BookBorrowed") == 1
    assert "BookReturned" not in said()


def test_a_copy_that_is_read_twice_within_five_seconds_says_what_the_first_did(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    librarian.lend("P-7101", barcodes[0])
    twice = answered(librarian, barcodes[0], patron=haneul.pk)
    assert (twice["sound"], "Read twice" in twice["acts"][0]["html"]) == ("refused", True)
    assert Loan.objects.get().status == "active"
    assert answered(librarian, barcodes[0], waited=3_000)["sound"] == "refused"
    later()
    assert answered(librarian, barcodes[0])["sound"] == "back"


def test_refusals_are_said_and_kept_in_the_list(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    User.objects.filter(pk=haneul.pk).update(is_active=False)
    assert "The card P-7101 is not active." in librarian.scan("P-7101")
    assert "The card P-7101 is not active." in librarian.see("desk")
    assert not Loan.objects.exists()


def test_the_limit_of_copies_holds_at_the_desk(librarian: Door, haneul: User, bus: Bus) -> None:
    book = register_book(now=timezone.now(), title="토지", copies=11)
    bus.settle()
    for copy in book.copies.order_by("pk"):
        page = librarian.scan(copy.barcode, patron=haneul.pk)
    assert "A patron may have 10 copies out" in page
    assert Loan.objects.count() == 10


def test_who_may_decides_against_a_rule_with_a_reason(haneul: User, bus: Bus) -> None:
    book = register_book(now=timezone.now(), title="토지", copies=1)
    bus.settle()
    Patron.objects.filter(user_id=haneul.pk).update(blocked_until=timezone.localdate() + timedelta(days=1))
    asked = {"patron": haneul.pk, "override": "patron_blocked", "reason": "급한 일"}
    barcode = book.copies.get().barcode
    desk = a_librarian("L-1", roles=["desk"])
    assert desk.post(reverse("admin:desk_scan"), {"typed": barcode, **asked}).status_code == 403
    blocked = a_librarian("L-9").scan(barcode, patron=haneul.pk)
    assert 'name="override" value="patron_blocked"' in blocked
    assert 'name="override"' not in desk.scan(barcode, patron=haneul.pk)
    assert "Say why" in a_librarian("L-2").scan(barcode, **{**asked, "reason": ""})
    assert "Lent until" in a_librarian("L-3").scan(barcode, **asked)


def test_a_loan_of_an_earlier_day_is_recorded_and_the_day_ends_with_the_patron(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    day = timezone.localdate() - timedelta(days=5)
    page = librarian.scan(barcodes[0], patron=haneul.pk, day=day.isoformat())
    assert f'value="{day.isoformat()}"' in page
    assert "is recorded for an earlier day" in page
    assert Loan.objects.get().due_on == day + timedelta(days=14)
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "can be in the future." in librarian.scan(barcodes[1], patron=haneul.pk, day=tomorrow.isoformat())
    assert Loan.objects.count() == 1
    assert answered(librarian, "P-7101", day=day.isoformat())["day"] == ""


def test_a_late_copy_says_how_late_and_what_it_costs(bus: Bus) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 10, tzinfo=SEOUL), tick=False) as clock:
        a_patron()
        book = register_book(now=timezone.now(), title="소나기", copies=1)
        bus.settle()
        barcode = book.copies.get().barcode
        a_librarian("L-1").lend("P-7101", barcode)
        clock.shift(timedelta(days=22))
        page = a_librarian("L-2").scan(barcode)
        assert "8 days late: a fine of 1,000 KRW is charged by the schedule." in page
        bus.settle()
        assert Fine.objects.get().amount == 1000


def test_what_was_put_into_the_book_drop_counts_for_its_day(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    day = timezone.localdate() - timedelta(days=20)
    librarian.scan(barcodes[0], patron=haneul.pk, day=day.isoformat())
    later()
    librarian.scan(barcodes[0], day=(day + timedelta(days=2)).isoformat())
    made = Return.objects.get()
    assert (made.returned_on, made.days_late) == (day + timedelta(days=2), 0)


def test_what_belongs_to_a_copy_is_asked_for_before_it_is_taken_back(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    LendingCopy.objects.filter(barcode=barcodes[0]).update(items=["CD", "지도"])
    assert "What goes along: CD, 지도." in librarian.scan(barcodes[0], patron=haneul.pk)
    later()
    assert "Tick what is missing." in librarian.scan(barcodes[0])
    assert Loan.objects.get().status == "active"
    incomplete = {"items_were_asked": "yes", "missing": ["지도"]}
    page = librarian.scan(barcodes[0], **incomplete)
    assert "지도 must come back with the copy" in page
    assert 'name="override" value="items_missing"' in page
    page = librarian.scan(barcodes[0], **incomplete, override="items_missing", reason="나중에 가져옴")
    assert "Missing: 지도." in page
    assert LendingCopy.objects.get(barcode=barcodes[0]).missing_items == ["지도"]


def test_each_act_of_the_sitting_is_undone_once(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    librarian.lend("P-7101", barcodes[0])
    librarian.lend("P-7101", barcodes[1])
    later()
    librarian.scan(barcodes[1])
    lent, _other, back = Act.objects.order_by("pk")
    for _again in range(2):
        assert "undone" in librarian.send("desk_act", undo=back.pk, patron=haneul.pk)
    assert said().count("ReturnUndone") == 1
    librarian.send("desk_act", undo=lent.pk, patron=haneul.pk)
    assert Loan.objects.get(pk=lent.loan).status == "cancelled"
    stranger = a_librarian("L-2")
    assert stranger.post(reverse("admin:desk_act"), {"undo": lent.pk}).status_code == 404


def test_commands_stand_in_for_buttons(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    sheet = librarian.see("desk_commands")
    assert all(command in sheet for command in Command)
    librarian.lend("P-7101", barcodes[0])
    assert "Renewed until" in librarian.scan("desk-renew", patron=haneul.pk)
    librarian.scan("DESK-UNDO", patron=haneul.pk)
    assert said()[-1] == "RenewalUndone"
    librarian.scan("DESK-UNDO", patron=haneul.pk)
    assert said()[-1] == "LoanUndone"
    assert answered(librarian, "DESK-NEXT", patron=haneul.pk)["on_screen"] is None
    assert answered(librarian, "ㅇㄷ나-ㅜㄷㅌㅅ", patron=haneul.pk)["on_screen"] is None
    assert answered(librarian, "DESK-SLIP", patron=haneul.pk)["slip"] is True


def test_a_slip_says_what_is_out_and_what_came_back(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    for barcode in barcodes[:2]:
        librarian.lend("P-7101", barcode)
    later()
    librarian.scan(barcodes[0])
    slip = librarian.see("desk_slip", patron=haneul.pk)
    assert slip.count("소나기") == 2
    assert "Brought back" in slip
    assert librarian.get(reverse("admin:desk_slip"), {"patron": 0}).status_code == 404


def test_an_idle_desk_asks_who_is_there(librarian: Door, haneul: User) -> None:
    librarian.post(reverse("admin:desk_away"))
    page = librarian.see("desk")
    assert "Who is there?" in page
    assert 'id="box"' not in page
    assert librarian.post(reverse("admin:desk_scan"), {"typed": "P-7101"}).status_code == 403
    assert "That is not your password." in librarian.send("desk_here", password="guess")
    assert 'id="box"' in librarian.send("desk_here", password=PASSWORD)
    librarian.post(reverse("admin:desk_away"))
    librarian.post(reverse("admin:desk_here"), {"other": "yes"})
    assert librarian.get(reverse("admin:desk")).status_code == 302


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


def test_the_desk_needs_the_form_s_token(librarian: Door, barcodes: list[str]) -> None:
    careful: Any = Door(librarian.user, enforce_csrf_checks=False)
    careful.handler.enforce_csrf_checks = True
    assert careful.post("/admin/desk/scan/", {"typed": barcodes[0]}).status_code == 403


def test_the_desk_sees_what_a_patron_owes() -> None:
    a_fine(1)
    assert "1,000 KRW are owed." in a_librarian("L-1", roles=["desk"]).scan("P-7501")


def test_a_scan_after_the_session_ended_is_shown_as_not_done(barcodes: list[str]) -> None:
    patron, desk = a_patron("P-9001"), a_librarian("L-9001")
    desk.logout()
    sign_in = desk.post(reverse("admin:desk_scan"), {"typed": barcodes[0], "patron": patron.pk}, follow=True)
    assert "what you sent was not done" in sign_in.content.decode()
    assert not Loan.objects.exists()

    fields = {"username": "L-9001", "password": PASSWORD, "next": sign_in.context["next"]}
    shown = desk.post(reverse("admin:login"), fields, follow=True).content.decode()
    assert f"The scan of {barcodes[0]} was not done" in shown
    assert f'value="{barcodes[0]}"' in shown
    assert f'name="patron" value="{patron.pk}"' in shown


def test_a_new_sitting_drops_what_older_ones_noted(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    librarian.lend("P-7101", barcodes[0])
    later(25 * 3600)
    assert "Lent until" in librarian.see("desk")
    a_librarian("L-2").see("desk")
    assert not Act.objects.exists()

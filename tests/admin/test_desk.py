"""Lending and taking back at the desk: one box for cards, copies, commands and words."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.services import register_book
from desk.forms import ScanForm
from desk.models import Act
from fines.models import Fine
from lending.holds.services import place_hold
from lending.models import Copy as LendingCopy
from lending.models import Loan, Patron, Return
from tests.admin.door import Door, a_librarian, a_moment_later, a_patron, said
from tests.admin.test_till import a_fine
from tests.bus import Bus

SEOUL = ZoneInfo("Asia/Seoul")
pytestmark = pytest.mark.django_db


def answered(door: Door, typed: str, **fields: Any) -> dict[str, Any]:
    """What a script is answered."""
    body = {"typed": typed, "form_key": str(uuid.uuid4()), **fields}
    answer = door.post(reverse("admin:desk_scan"), body, headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.content.decode()
    return dict(answer.json())


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
    a_moment_later()
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


def test_a_scan_takes_no_more_statements_than_it_needs(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    answered(librarian, "P-7101")
    with CaptureQueriesContext(connection) as of_card:
        answered(librarian, "P-7101", again_of="")
    with CaptureQueriesContext(connection) as of_copy:
        answered(librarian, barcodes[0], patron=haneul.pk, again_of="")
    assert Loan.objects.filter(status="active").count() == 1
    assert len(of_card) <= 7, [one["sql"] for one in of_card]
    assert len(of_copy) <= 27, [one["sql"] for one in of_copy]


def test_forms_of_a_page_have_a_token_and_the_script_sends_the_box_s(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    shown = answered(librarian, barcodes[0], patron=haneul.pk)
    page = librarian.scan("P-7101")
    parts = page[page.index('id="patron"') :]
    for html in (str(shown), parts):
        assert ('name="renew"' in html, 'name="undo"' in html) == (True, True)
    assert parts.count("csrfmiddlewaretoken") == 2
    assert "csrfmiddlewaretoken" not in str(shown)


def test_what_was_not_sent_reads_as_what_was_sent_empty() -> None:
    little, all_of_it = ScanForm({}), ScanForm(dict.fromkeys(ScanForm.base_fields, ""))
    assert little.is_valid()
    assert all_of_it.is_valid()
    assert little.cleaned_data == all_of_it.cleaned_data


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
    assert "overdue" not in page
    Loan.objects.update(due_on=date(2020, 3, 2))
    assert "2020-03-02, overdue" in librarian.scan("소나기").replace("March 2, 2020", "2020-03-02")
    assert all(barcode in page for barcode in barcodes)


def test_of_many_namesakes_ten_are_shown_with_what_tells_them_apart(librarian: Door, bus: Bus) -> None:
    for number in range(11):
        a_patron(f"P-72{number:02}", "이하나", born_on=date(1990 + number, 3, 1), phone=f"010-1234-56{number:02}")
        register_book(now=timezone.now(), title=f"하나의 숲 {number}", copies=0)
    bus.settle()
    page = librarian.scan("이하나")
    assert [f"P-72{number:02} · born in {1990 + number}" in page for number in range(11)] == [True] * 10 + [False]
    assert "There are more patrons than these 10: type the card number" in page
    assert "/admin/accounts/user/?q=%EC%9D%B4%ED%95%98%EB%82%98" in page
    assert "There are more patrons" not in librarian.scan("010-1234-5610")
    assert "P-7210" in librarian.scan("010-1234-5610")
    assert "There are more books than these 10: type more of the title" in librarian.scan("하나의 숲")


def test_a_number_on_a_label_and_on_a_card_is_asked_about(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    twin = a_patron(barcodes[0], "성춘향")
    page = librarian.scan(barcodes[0], patron=haneul.pk)
    assert "is on a label and on a card" in page
    assert not Loan.objects.exists()
    assert answered(librarian, barcodes[0], only="card")["on_screen"] == twin.pk
    assert "Lent until" in librarian.scan(barcodes[0], only="copy", patron=haneul.pk)


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
    a_moment_later()
    librarian.scan(barcodes[0], day=(day + timedelta(days=2)).isoformat())
    made = Return.objects.get()
    assert (made.returned_on, made.days_late) == (day + timedelta(days=2), 0)


def test_what_belongs_to_a_copy_is_asked_for_before_it_is_taken_back(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    LendingCopy.objects.filter(barcode=barcodes[0]).update(items=["CD", "지도"])
    assert "What goes along: CD, 지도." in librarian.scan(barcodes[0], patron=haneul.pk)
    a_moment_later()
    assert "Tick what is missing." in librarian.scan(barcodes[0])
    assert Loan.objects.get().status == "active"
    incomplete = {"items_were_asked": "yes", "missing": ["지도"]}
    page = librarian.scan(barcodes[0], **incomplete)
    assert "지도 must come back with the copy" in page
    assert 'name="override" value="items_missing"' in page
    page = librarian.scan(barcodes[0], **incomplete, override="items_missing", reason="나중에 가져옴")
    assert "Missing: 지도." in page
    assert LendingCopy.objects.get(barcode=barcodes[0]).missing_items == ["지도"]


def test_what_was_missing_before_stays_so_and_is_not_asked_for_again(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    copies = LendingCopy.objects.filter(barcode=barcodes[0])
    copies.update(items=["CD", "지도"], missing_items=["CD"])
    assert "What goes along: 지도." in librarian.scan(barcodes[0], patron=haneul.pk)
    a_moment_later()
    assert "Tick what is missing." in librarian.scan(barcodes[0])
    assert "Taken back." in librarian.scan(barcodes[0], items_were_asked="yes")
    assert copies.get().missing_items == ["CD"]


def test_what_is_in_the_drop_box_is_asked_for_its_items_too(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    librarian.scan(barcodes[0], patron=haneul.pk)
    a_moment_later()
    librarian.scan(barcodes[0])
    copies = LendingCopy.objects.filter(barcode=barcodes[0])
    copies.update(items=["CD"], place="drop_box")
    a_moment_later()
    assert "Tick what is missing." in librarian.scan(barcodes[0])
    missing = {"items_were_asked": "yes", "missing": ["CD"]}
    assert "CD must come back with the copy" in librarian.scan(barcodes[0], **missing)
    librarian.scan(barcodes[0], **missing, override="items_missing", reason="나중에 가져옴")
    assert (copies.get().missing_items, copies.get().place) == (["CD"], "shelf")


def test_the_desk_needs_the_form_s_token(librarian: Door, barcodes: list[str]) -> None:
    careful: Any = Door(librarian.user, enforce_csrf_checks=False)
    careful.handler.enforce_csrf_checks = True
    assert careful.post("/admin/desk/scan/", {"typed": barcodes[0]}).status_code == 403


def test_the_desk_sees_what_a_patron_owes() -> None:
    a_fine(1)
    assert "1,000 KRW are owed." in a_librarian("L-1", roles=["desk"]).scan("P-7501")


def test_a_copy_that_comes_back_goes_to_the_hold_shelf_and_then_to_its_holder_alone(
    librarian: Door, haneul: User, bus: Bus
) -> None:
    other = a_patron("P-7102", "이몽룡")
    book = register_book(now=timezone.now(), title="토지", copies=1)
    bus.settle()
    barcode = book.copies.get().barcode
    librarian.lend("P-7101", barcode)
    place_hold(patron_id=other.pk, book_id=book.pk, now=timezone.now())
    a_moment_later()
    page = librarian.scan(barcode)
    assert "It is held: put it on the hold shelf" in page
    assert "→ 이몽룡 · P-7102" in page
    assert "이몽룡" not in "".join(Act.objects.values_list("said", flat=True))
    assert "ready to be collected" in librarian.scan("P-7102")
    a_moment_later()
    librarian.scan(barcode, patron=haneul.pk)
    assert not Loan.objects.filter(status="active").exists()
    assert "Lent until" in librarian.scan(barcode, patron=other.pk)
    assert Loan.objects.get(status="active").patron_id == other.pk

"""Lists to work from as files, with a row of everything, in both languages."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override
from python_calamine import load_workbook

from accounts.models import User
from catalog.services import register_book
from lending.checkout.services import borrow_book
from lending.holds.services import place_hold
from lending.holds.sweeps.expiry import expire_holds
from lending.marks.rules import Mark
from lending.marks.services import mark_copy
from lending.models import Copy, Hold, Loan
from lending.returns.services import return_book
from tests.admin.door import Door, a_librarian, a_patron
from tests.bus import Bus

pytestmark = pytest.mark.django_db
FORMULA, NAME = '=HYPERLINK("http://example.org")', "+김하늘"
CONTACT = ["'+김하늘", "P-7301", "'+82-10-1234-5678", ""]
HOLDER = ["'=cmd|' /C calc'!A0", "P-7302"]
HEADINGS = {
    "overdue": ("Days late", "연체 일수"),
    "lost": ("Lost on", "분실한 날"),
    "debts": ("Owed", "미납액"),
    "cards": ("Card's last day", "회원증 만료일"),
    "shelf": ("To be collected by", "찾아갈 기한"),
    "pull": ("Call number", "청구기호"),
    "expired": ("To be collected by", "찾아갈 기한"),
    "clear": ("Title", "제목"),
}


@pytest.fixture
def busy(bus: Bus) -> date:
    """Something overdue, lost, owed, ready, to pull, uncollected; names and titles look like formulas. Today."""
    now, today = timezone.now(), timezone.localdate()
    patron, other = a_patron("P-7301", NAME), a_patron("P-7302", "=cmd|' /C calc'!A0")
    soon = today + timedelta(days=10)
    User.objects.filter(pk__in=[patron.pk, other.pk]).update(phone="+82-10-1234-5678", expires_on=soon)
    books = [register_book(now=now, title=f"{FORMULA} {one}", copies=1, call_number="-813").pk for one in range(5)]
    bus.settle()
    for book in books[:4]:
        borrow_book(patron_id=patron.pk, book_id=book, now=now)
    Loan.objects.update(due_on=today - timedelta(days=3))
    Copy.objects.update(price=12_000)
    mark_copy(Copy.objects.get(book=books[1]).pk, mark=Mark.LOST, reason="분실", now=now)
    for book in books[2:4]:
        place_hold(patron_id=other.pk, book_id=book, now=now)
        return_book(Loan.objects.get(book=book).pk, now=now)
    Hold.objects.filter(book=books[3]).update(pickup_by=today - timedelta(days=3))
    expire_holds(as_of=today, now=now, progress=lambda rows: None)
    Copy.objects.filter(book=books[4]).update(place=Copy.Place.TO_PULL)
    bus.settle()
    return today


def lines(door: Door, name: str) -> list[list[str]]:
    """The cells of a list's CSV, the headings first."""
    answer = door.get(reverse("admin:desk_list", args=[name]), {"as": "csv"})
    text = answer.content.decode()
    assert text.startswith("\ufeff"), "by which Excel knows the encoding"
    return list(csv.reader(io.StringIO(text[1:])))


def barcode(number: int) -> str:
    """The barcode of a book's copy."""
    return Copy.objects.get(book__title=f"{FORMULA} {number}").barcode


def title(number: int) -> str:
    """A book's, as it stands in a cell."""
    return f"'{FORMULA} {number}"


def test_each_list_is_rows_of_days_and_numbers_and_nothing_is_a_formula(librarian: Door, busy: date) -> None:
    long_ago, soon = str(busy - timedelta(days=3)), str(busy + timedelta(days=10))
    assert lines(librarian, "overdue")[1:] == [["3", long_ago, title(0), barcode(0), *CONTACT]]
    assert lines(librarian, "lost")[1:] == [[str(busy), title(1), barcode(1), "12000", *CONTACT]]
    assert lines(librarian, "debts")[1:] == [["13000", *CONTACT]]
    assert [row[0] for row in lines(librarian, "cards")[1:]] == [soon] * 2
    until = str(Hold.objects.get(status="ready").pickup_by)
    assert lines(librarian, "shelf")[1:] == [[until, title(2), barcode(2), *HOLDER, str(busy)]]
    assert lines(librarian, "pull")[1:] == [["'-813", "", title(4), "", barcode(4)]]
    assert lines(librarian, "expired")[1:] == [[long_ago, title(3), barcode(3), *HOLDER]]
    assert lines(librarian, "clear")[1:] == [[title(3), barcode(3), "not collected in time", str(busy)]]


def test_headings_are_in_the_language_of_the_page_and_cells_are_the_same(busy: date) -> None:
    english, korean = (a_librarian(f"L-{code}", headers={"accept-language": code}) for code in ("en", "ko"))
    for name, headings in HEADINGS.items():
        tables = [lines(door, name) for door in (english, korean)]
        assert tuple(table[0][0] for table in tables) == headings
        assert len(tables[0]) > 1, name
        if name != "clear":  # which has the state of a hold in words
            assert tables[0][1:] == tables[1][1:], name
        assert "None" not in str(tables), name


def test_a_workbook_has_days_and_amounts_that_can_be_added_up(librarian: Door, busy: date) -> None:
    def first(name: str) -> Any:
        answer = librarian.get(reverse("admin:desk_list", args=[name]), {"as": "xlsx"})
        return load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()[1]

    assert first("overdue")[:3] == [3, busy - timedelta(days=3), f"{FORMULA} 0"]
    assert first("debts")[0] == 13_000


def test_a_page_has_days_and_amounts_for_people(busy: date) -> None:
    korean = a_librarian("L-ko", headers={"accept-language": "ko"})
    assert ">13,000원</td>" in korean.see("desk_list", "debts")
    with override("ko"):
        due_on = date_format(busy - timedelta(days=3))
    assert f">{due_on}</td>" in korean.see("desk_list", "overdue")


def test_what_a_page_has_no_room_for_is_said_and_is_in_the_file(
    librarian: Door, busy: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "the files have the others too"
    assert said not in librarian.see("desk_list", "cards")
    monkeypatch.setattr("desk.pages.lists.MOST", 1)
    page = librarian.see("desk_list", "cards")
    assert "These are the first 1 rows" in page
    assert (said in page, page.count('<td data-column="Card number">')) == (True, 1)
    assert len(lines(librarian, "cards")) == 1 + 2

"""Holds on the staff side: the queue with moving, a hold's page, and the lists to print and take along."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from catalog.services import register_book
from lending.calendar.services import add_closure
from lending.checkout.services import borrow_book
from lending.holds.services import place_hold
from lending.models import Copy, Hold
from lending.returns.services import return_book
from tests.admin.door import Door, a_librarian, a_patron
from tests.bus import Bus

NOON = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Seoul"))
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def people(librarian: Door) -> list[User]:
    """Who has the book, and four who wait."""
    return [
        a_patron(f"P-71{number:02}", name) for number, name in enumerate(["빌린이", "하나", "두리", "세찬", "네모"])
    ]


@pytest.fixture
def holds(people: list[User], bus: Bus) -> list[Hold]:
    """Four holds on a book that somebody has."""
    book = register_book(now=NOON, title="토지", copies=1, call_number="813.6-박14ㅌ")
    bus.settle()
    borrow_book(patron_id=people[0].pk, book_id=book.pk, now=NOON)
    return [place_hold(patron_id=one.pk, book_id=book.pk, now=NOON) for one in people[1:]]


def order(book: int) -> list[str]:
    """Who waits, in order."""
    waiting = Hold.objects.filter(book=book, status__in=["waiting", "suspended"]).order_by("place")
    return [str(hold.patron.name) for hold in waiting]


def is_ready(holds: list[Hold]) -> Hold:
    """The book comes back, for the first."""
    loan = Copy.objects.get(book=holds[0].book_id).lines.get(ending="").loan_id
    return_book(loan, now=NOON)
    holds[0].refresh_from_db()
    assert holds[0].status == "ready"
    return holds[0]


def test_a_hold_is_moved_up_and_down_and_to_a_number(librarian: Door, holds: list[Hold]) -> None:
    book = holds[0].book_id
    page = librarian.see("lending_hold_queue", book)
    assert page.index("하나") < page.index("두리") < page.index("네모")
    assert (page.count("↑"), page.count("↓")) == (3, 3)
    assert re.findall(r'<button name="position" value="(\d+)"', page) == ["2", "1", "3", "2", "4", "3"]
    assert re.search(r'aria-label="Move [^"]*하나[^"]* down">↓', page)
    assert '<input type="number" name="position" min="1" value="4"' in page
    page = librarian.send("lending_hold_queue", book, hold=holds[3].pk, position=1)
    assert "has position 1 now." in page
    assert order(book) == ["네모", "하나", "두리", "세찬"]
    librarian.send("lending_hold_queue", book, hold=holds[0].pk, position=3)
    assert order(book) == ["네모", "두리", "하나", "세찬"]
    assert "whole number from 1" in librarian.send("lending_hold_queue", book, hold=holds[0].pk, position="first")
    assert "whole number from 1" in librarian.send("lending_hold_queue", book, hold=holds[0].pk, position=0)
    assert order(book) == ["네모", "두리", "하나", "세찬"]
    cashier = a_librarian("L-7102", roles=["cashier"])
    assert cashier.get(reverse("admin:lending_hold_queue", args=[book])).status_code == 403


def test_a_hold_is_placed_suspended_and_cancelled_on_its_page(librarian: Door, holds: list[Hold]) -> None:
    page = librarian.send("lending_hold_add", card_number="P-7100", book_number=holds[0].book_id, volume="")
    assert "This patron has the book on loan." in page
    a_patron("P-7199")
    assert "No book has that number." in librarian.send(
        "lending_hold_add", card_number="P-7199", book_number=999, volume=""
    )
    librarian.send("lending_hold_add", card_number="P-7199", book_number=holds[0].book_id, volume="")
    assert Hold.objects.filter(patron__card_number="P-7199", status="waiting").exists()

    first = holds[0]
    assert "can&#x27;t be past" in librarian.act("lending_hold", "suspend", first, confirmed="yes", until="2026-03-01")
    assert "Suspended: 1." in librarian.act("lending_hold", "suspend", first, confirmed="yes", until="2026-03-09")
    first.refresh_from_db()
    assert (first.status, str(first.suspended_until)) == ("suspended", "2026-03-09")
    assert "Waiting again: 1." in librarian.act("lending_hold", "resume", first)
    assert "it is waiting" in librarian.act("lending_hold", "resume", first)
    assert "Their places are gone" in librarian.act("lending_hold", "cancel", first)
    assert "Cancelled: 1." in librarian.act("lending_hold", "cancel", first, confirmed="yes")
    first.refresh_from_db()
    assert (first.status, first.cancel_reason) == ("cancelled", "by_library")
    assert "<td>hold cancelled</td>" in librarian.see("lending_patron_history", first.patron_id)


def test_a_form_that_knows_the_book_says_its_title(librarian: Door, holds: list[Hold]) -> None:
    book = holds[0].book_id
    led = {"card_number": "P-7100", "book_number": str(book)}
    for page in (librarian.see("lending_hold_add", **led), librarian.send("lending_hold_add", **led, volume="")):
        assert '<div class="readonly">토지</div>' in page
        assert f'<input type="hidden" name="book_number" value="{book}">' in page
    for unknown in ("", "999", "9" * 40, "토지"):
        assert 'type="number" name="book_number"' in librarian.see("lending_hold_add", book_number=unknown)


def test_the_last_day_to_collect_is_an_open_one(librarian: Door, holds: list[Hold]) -> None:
    ready = is_ready(holds)
    add_closure(first=datetime(2026, 3, 9).date(), last=datetime(2026, 3, 9).date(), reason="공사", now=NOON, by_id=1)

    def said(day: str) -> str:
        return librarian.act("lending_hold", "pickup_day", ready, confirmed="yes", pickup_by=day)

    asking = librarian.act("lending_hold", "pickup_day", ready)
    assert re.search(r'<input type="date" name="pickup_by" value="2026-03-05"', asking), "with a calendar"
    assert "closed on that day" in said("2026-03-09")
    assert "can&#x27;t be past" in said("2026-03-01")
    assert "Set: 1." in said("2026-03-10")
    ready.refresh_from_db()
    assert str(ready.pickup_by) == "2026-03-10"
    assert f"{ready.pk}" in librarian.see("lending_hold_changelist", q="p-7101")


def test_the_lists_are_printed_and_taken_along(librarian: Door, holds: list[Hold]) -> None:
    barcode = Copy.objects.get(book=holds[0].book_id).barcode
    for name in ("shelf", "clear", "pull", "expired"):
        assert barcode not in librarian.see("desk_list", name)
    ready = is_ready(holds)
    User.objects.filter(pk=ready.patron_id).update(name="=HYPERLINK(1)")
    assert barcode in librarian.see("desk_list", "shelf")
    answer = librarian.get(reverse("admin:desk_list", args=["shelf"]), {"as": "csv"})
    assert answer["Content-Disposition"] == 'attachment; filename="shelf.csv"'
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "To be collected by,Title,Barcode,Name,Card number,Ready since"
    assert f"토지,{barcode},'=HYPERLINK(1),P-7101" in lines[1]
    assert librarian.get(reverse("admin:desk_list", args=["nothing"])).status_code == 404
    assert "On the hold shelf: 1" in librarian.see("lending_hold_queue", ready.book_id)


def test_what_is_to_be_pulled_says_where_it_stands(librarian: Door, holds: list[Hold]) -> None:
    Copy.objects.filter(book=holds[0].book_id).update(place="to_pull")
    page = librarian.see("desk_list", "pull")
    assert "813.6-박14ㅌ" in page
    assert Copy.objects.get(book=holds[0].book_id).barcode in page


def test_what_was_not_collected_is_listed_and_cleared(librarian: Door, holds: list[Hold]) -> None:
    ready = is_ready(holds)
    Copy.objects.filter(pk=ready.copy_id).update(place="shelf")
    Hold.objects.filter(pk=ready.pk).update(status="expired", ended_at=NOON)
    barcode = Copy.objects.get(pk=ready.copy_id).barcode
    for name in ("clear", "expired"):
        assert barcode in librarian.see("desk_list", name)


def test_a_patrons_page_has_the_holds(librarian: Door, holds: list[Hold]) -> None:
    page = librarian.see("desk_patron", holds[1].patron_id)
    assert reverse("admin:lending_hold_change", args=[holds[1].pk]) in page
    assert "waiting · number 2" in page
    assert reverse("admin:lending_hold_queue", args=[holds[1].book_id]) in page
    assert reverse("admin:lending_hold_queue", args=[holds[1].book_id]) in librarian.see(
        "catalog_book_change", holds[1].book_id
    )

"""The calendar on the staff side: typed in, previewed, added, and taken out again."""

import html
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from catalog.services import register_book
from lending.checkout.services import borrow_book
from lending.models import CalendarRule, Closure, Loan, Opening
from tests.admin.door import Door, a_librarian, a_patron
from tests.bus import Bus
from tests.factories import seoul

pytestmark = pytest.mark.django_db
RULE = {"valid_from": "2026-05-01", "monday": ["0"], "if_holiday": "next_day", "holidays": "kr", "open_on": "어린이날"}
PREVIEWED = {"_preview": "yes"}


@pytest.fixture
def ada() -> Any:
    """A librarian on Saturday, 2 May 2026."""
    with time_machine.travel(seoul(5, 2), tick=False):
        yield a_librarian()


def seen(page: str) -> str:
    """The words of a page."""
    return html.unescape(page)


def test_a_rule_is_previewed_before_it_is_saved(ada: Door) -> None:
    page = seen(ada.send("lending_calendarrule_add", **RULE, **PREVIEWED))
    assert "Nothing is saved yet" in page
    assert "May 4, 2026 (Mon) · Closed each Monday." in page
    assert "May 5, 2026 (Tue) · Open on this public holiday: Children's Day." in page
    assert "May 26, 2026 (Tue) · Closed instead of Monday, 25 May, which is a public holiday." in page
    assert not CalendarRule.objects.exists()


def test_a_rule_is_added_and_taken_out(ada: Door) -> None:
    ada.send("lending_calendarrule_add", **RULE, tuesday=["2", "4"])
    rule = CalendarRule.objects.get()
    assert (rule.closed, rule.holidays, rule.open_on) == ([[1, []], [2, [2, 4]]], "KR", ["어린이날"])
    assert (rule.if_holiday, rule.made_by, rule.made_at) == ("next_day", ada.user, seoul(5, 2))
    page = seen(ada.see("lending_calendarrule_change", rule.pk))
    assert "Closed each Monday. Closed each 2nd and 4th Tuesday of the month." in page
    assert "(Mon) · Closed each Monday." in page
    ada.act("lending_calendarrule", "drop", rule)
    assert not CalendarRule.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"holidays": "XX", "open_on": ""}, "The public holidays of this country are not known."),
        ({"open_on": "어린이 날"}, "There is no public holiday of this name: 어린이 날."),
        ({"holidays": ""}, "There is no public holiday of this name: 어린이날."),
        ({"valid_from": "never"}, "Enter a valid date"),
    ],
)
def test_what_can_not_be_is_said_and_kept_from_the_calendar(ada: Door, typed: dict[str, str], said: str) -> None:
    for button in ({}, PREVIEWED):
        page = seen(ada.send("lending_calendarrule_add", **{**RULE, **typed}, **button))
        assert said in page
        assert "Nothing is saved yet" not in page
    assert not CalendarRule.objects.exists()


def test_a_closure_moves_due_dates_and_moves_them_back(ada: Door) -> None:
    bus, now, patron = Bus(), timezone.now(), a_patron()
    book = register_book(now=now, title="무진기행", copies=2)
    bus.settle()
    for _number in range(2):
        borrow_book(patron_id=patron.pk, book_id=book.pk, now=now)  # until 16 May
    typed = {"first": "2026-05-16", "last": "2026-05-18", "reason": "공사"}
    page = ada.send("lending_closure_add", **typed, **PREVIEWED)
    assert "May 17, 2026 (Sun) · Closed on these days: 공사" in page
    assert "as the policies say</option>" in page
    ada.send("lending_closure_add", **typed)
    closure = Closure.objects.get()
    assert closure.made_by == ada.user
    assert "2 due dates were moved." in ada.act("lending_closure", "move", closure)
    assert set(Loan.objects.values_list("due_on", flat=True)) == {date(2026, 5, 19)}
    assert "2 due dates were moved back." in ada.act("lending_closure", "move_back", closure)
    assert set(Loan.objects.values_list("due_on", flat=True)) == {date(2026, 5, 16)}
    assert "stay as they are" in ada.act("lending_closure", "drop", closure)
    ada.act("lending_closure", "drop", closure, confirmed="yes")
    assert not Closure.objects.exists()


def test_where_nothing_opens_the_reason_is_said(ada: Door) -> None:
    patron, now = a_patron(), timezone.now()
    book = register_book(now=now, title="무진기행", copies=1)
    Bus().settle()
    borrow_book(patron_id=patron.pk, book_id=book.pk, now=now)
    ada.send("lending_closure_add", first="2026-05-16", last="2027-05-31", reason="공사")
    ada.send("lending_closure_add", first="2027-06-01", last="2028-05-31", reason="공사")
    assert "The calendar has no open day" in ada.act("lending_closure", "move", Closure.objects.earliest("first"))


def test_a_closure_has_its_days_in_order_and_not_too_many(ada: Door) -> None:
    page = ada.send("lending_closure_add", first="2026-05-16", last="2026-05-15", reason="공사")
    assert "The last day is before the first one." in page
    page = ada.send("lending_closure_add", first="0001-01-01", last="9999-12-31", reason="공사")
    assert "A closure has at most 400 days" in page
    assert not Closure.objects.exists()


def test_an_opening_is_previewed_added_and_taken_out(ada: Door) -> None:
    typed = {"day": "2026-05-04", "reason": "강연"}
    assert "(Mon) · Open on this day: 강연" in ada.send("lending_opening_add", **typed, **PREVIEWED)
    ada.send("lending_opening_add", **typed)
    opening = Opening.objects.get()
    assert (opening.day, opening.made_by) == (date(2026, 5, 4), ada.user)
    ada.act("lending_opening", "drop", opening)
    assert not Opening.objects.exists()


def test_a_rule_to_come_is_previewed_from_its_day_on(ada: Door) -> None:
    later = date(2026, 5, 2) + timedelta(days=300)
    page = ada.send("lending_calendarrule_add", valid_from=str(later), monday=["0"], if_holiday="also", **PREVIEWED)
    assert "2027 (Mon) · Closed each Monday." in page
    assert "2026 (Mon)" not in page

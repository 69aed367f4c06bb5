"""On the site, what a borrow would come to knows the calendar."""

from datetime import date

from lending.calendar.services import add_closure, add_rule
from lending.checkout.preview import preview_of
from lending.renewals.services import renew_loans_of
from tests.admin.door import a_librarian
from tests.factories import Town, seoul, town
from tests.opac.visitor import Visitor

__all__ = ["town"]


def shut(first: date, last: date) -> None:
    """A closure."""
    add_closure(first=first, last=last, reason="공사", now=seoul(3, 2), by_id=None)


def test_the_day_that_is_promised_is_an_open_one(town: Town) -> None:
    book = town.book()
    shut(date(2026, 3, 16), date(2026, 3, 17))
    preview = preview_of(book, patron_id=town.haneul.id, now=seoul(3, 2))
    assert (preview.due_on, preview.is_possible) == (date(2026, 3, 18), True)


def test_without_an_open_day_nothing_is_promised(town: Town) -> None:
    book = town.book()
    closed = dict.fromkeys(range(1, 8), ())
    add_rule(valid_from=date(2026, 1, 1), closed=closed, now=seoul(3, 2), by_id=None)
    preview = preview_of(book, patron_id=town.haneul.id, now=seoul(3, 2))
    assert (preview.due_on, preview.is_possible) == (None, False)
    assert preview.refusal
    assert preview.refusal.code == "no_open_day"


def test_all_loans_are_renewed_to_open_days_or_it_is_said_why_not(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    shut(date(2026, 3, 30), date(2026, 3, 31))
    ((renewed, refusal),) = renew_loans_of(town.haneul.id, now=seoul(3, 2))
    assert (renewed.pk, renewed.due_on, refusal) == (loan["id"], date(2026, 4, 1), None)
    other = town.lend(town.haneul, town.book())
    shut(date(2026, 3, 30), date(2030, 1, 1))
    refusals = {one.pk: no for one, no in renew_loans_of(town.haneul.id, now=seoul(3, 2))}
    assert refusals[other["id"]].facts["reason"] == "no_open_day"


def test_the_page_of_a_loan_says_why_it_is_due_then_and_which_days_were_closed(town: Town) -> None:
    shut(date(2026, 3, 16), date(2026, 3, 17))
    loan = town.lend(town.haneul, town.book())
    page = Visitor(town.haneul.user, language="ko").see(f"/loans/{loan['id']}")
    assert "왜 이날까지인가요?" in page
    assert page.count("<li>2026. 3. 1") == page.count("공사") == 2


def test_staff_read_the_same_at_the_loan(town: Town) -> None:
    shut(date(2026, 3, 16), date(2026, 3, 17))
    loan = town.lend(town.haneul, town.book())
    page = a_librarian("L-7099").see("lending_loan_change", loan["id"])
    assert "Borrowed on March 2, 2026 for 14 days from the day after" in page
    assert page.count("공사") == 2

"""Borrowing on the site: what one agrees to, the loan, and every reason why not."""

import re

import pytest

from lending.models import Loan
from tests.factories import Town, new_policy, seoul
from tests.opac.forms import form_with, forms_of, press
from tests.opac.visitor import Visitor
from tests.stories.test_context_down import down

BUTTON = "Borrow until March 16, 2026"


def offer(visitor: Visitor, book: int) -> str:
    """The page on which one agrees."""
    return visitor.see(f"/books/{book}/borrow")


def buttons(page: str) -> list[str]:
    """What can be pressed in the content of a page."""
    return [button for form in forms_of(page.partition("<main")[2]) for button in form.buttons]


def test_one_sees_stock_limit_and_due_date_and_agrees(town: Town, haneul: Visitor) -> None:
    book = town.book(copies=2, title="<b>무진</b> & 기행")
    page = offer(haneul, book)
    assert "2 of 2 can be borrowed now" in page
    assert "0 of 10" in page
    assert "&lt;b&gt;무진&lt;/b&gt; &amp; 기행" in page
    assert "<b>무진" not in page
    made = press(haneul, page, BUTTON)
    loan = Loan.objects.get(patron=town.haneul.id)
    assert (loan.status, str(loan.due_on)) == ("active", "2026-03-16")
    assert "You have borrowed “<b>무진</b> & 기행”. It is due on March 16, 2026." in made
    assert "14 days left" in made
    assert "1 of 2 can be borrowed now" in offer(haneul, book)
    assert "You have this book already, until March 16, 2026." in offer(haneul, book)


def test_who_has_it_and_is_late_reads_when_it_was_due(town: Town, haneul: Visitor) -> None:
    book = town.book(copies=2)
    town.lend_long_ago(town.haneul, book, day="2026-02-01")
    assert "You have this book already; it was due back on Feb. 15, 2026." in offer(haneul, book)


def test_the_same_in_korean(town: Town, in_korean: Visitor) -> None:
    book = town.book(copies=2, title="무진기행")
    page = offer(in_korean, book)
    assert "2권 중 2권 대출 가능" in page
    made = press(in_korean, page, "2026. 3. 16.까지 대출하기")
    assert "“무진기행”: 대출되었습니다. 반납 기한은 2026. 3. 16.입니다." in made
    assert "14일 남음" in made


def test_who_did_it_by_which_way(town: Town, haneul: Visitor) -> None:
    press(haneul, offer(haneul, town.book()), BUTTON)
    events = town.librarian.get("events", {"types": "BookBorrowed"}).json()["results"]
    assert [(event["by"], event["via"]) for event in events] == [(town.haneul.id, "site")]


def test_when_others_have_all_copies_one_sees_when_the_next_is_due(town: Town, haneul: Visitor) -> None:
    book = town.book()
    late = offer(haneul, book)
    town.lend(town.jo, book)
    page = offer(haneul, book)
    assert "No copy is available now. The next one is due back on March 16, 2026; please try again then." in page
    assert buttons(page) == []
    refused = press(haneul, late, BUTTON)
    assert "This was not borrowed. There are not enough copies: 1 asked for, 0 can be borrowed now." in refused
    assert "No copy is available now." in refused
    assert not Loan.objects.filter(patron=town.haneul.id).exists()


def test_who_has_as_many_out_as_the_rules_allow_is_led_to_the_loans(town: Town, haneul: Visitor) -> None:
    new_policy(seoul(1, 1).date(), loan__max_copies=1)
    town.lend(town.haneul, town.book())
    page = offer(haneul, town.book(title="토지"))
    assert "You may have 1 book out, and you have it. Return it first." in page
    assert "1 of 1" in page
    assert buttons(page) == []


def test_who_owes_too_much_is_led_to_the_fees(town: Town, haneul: Visitor) -> None:
    book = town.book(title="토지")
    before = offer(haneul, book)
    town.fines(town.haneul, times=5)
    page = offer(haneul, book)
    assert "You owe 10,000 KRW. From 10,000 KRW on nothing is lent; please pay at the desk first." in page
    assert 'href="/me/fees"' in page
    assert "This was not borrowed. Borrowing is blocked until fines are paid" in press(haneul, before, BUTTON)


def test_what_is_only_read_in_the_library_says_so(town: Town, haneul: Visitor) -> None:
    book = town.book(title="조선왕조실록")
    (copy,) = town.copy_ids(book)
    assert town.librarian.patch(f"copies/{copy}", {"for_loan": False}).status_code == 200
    town.bus.settle()
    assert "This book is read in the library; it is not lent." in offer(haneul, book)


def test_a_book_without_copies_and_one_that_is_not_there(town: Town, haneul: Visitor) -> None:
    assert "The library has no copy of this book at the moment." in offer(haneul, town.book(copies=0))
    assert haneul.get("/books/999999/borrow").status_code == 404
    assert haneul.post("/books/999999/borrow").status_code == 404


def test_who_is_not_signed_in_is_led_back_here(town: Town) -> None:
    book = town.book()
    stranger = Visitor()
    answer = stranger.get(f"/books/{book}/borrow")
    assert answer["Location"] == f"/sign-in?next=/books/{book}/borrow"


def test_who_was_registered_a_moment_ago_borrows_already(town: Town, haneul: Visitor) -> None:
    book = town.book()
    newcomer = Visitor(town.jo.user)  # nobody has heard of Jo yet
    assert "대출 가능" in offer(newcomer, book)


@pytest.mark.django_db(transaction=True)
def test_one_borrows_while_the_catalogue_is_away(town: Town, haneul: Visitor) -> None:
    book = town.book(title="바다와 나비")
    with down("catalog"):
        made = press(haneul, offer(haneul, book), BUTTON)
    assert "“바다와 나비”. It is due on March 16, 2026." in made


def test_each_form_has_a_key_of_its_own(town: Town, haneul: Visitor) -> None:
    book = town.book()
    keys = {form_with(offer(haneul, book), BUTTON)[1]["form_key"] for _ in range(2)}
    assert len(keys) == 2
    assert all(re.fullmatch(r"[0-9a-f-]{36}", key) for key in keys)

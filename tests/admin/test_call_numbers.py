"""A cataloguer is told what the call number of a book may be, and which books have it."""

from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Book
from catalog.services import add_copies, register_book
from tests.admin.door import Door, a_librarian

pytestmark = pytest.mark.django_db
KIM = {"title": "검은 꽃", "authors": "김영하"}


def on_shelf(title: str, author: str, call_number: str, **record: Any) -> Book:
    """A book with a call number."""
    return register_book(now=timezone.now(), title=title, authors=[author], call_number=call_number, **record)


def suggested(door: Door, **form: Any) -> str:
    """The part of the page that comes for what stands on the form."""
    return door.see("catalog_book_call_number", **form)


def test_mark_and_class_come_from_the_author_and_his_other_books(librarian: Door) -> None:
    on_shelf("너의 목소리가 들려", "김영하", "813.62 김64ㄴ")
    on_shelf("여행의 이유", "김영하", "814.62 김64ㅇ")
    on_shelf("오직 두 사람", "김영하", "813.62 김64ㅇ", subjects=["한국 소설"])
    on_shelf("광장", "최인훈", "813.61 최68ㄱ", subjects=["한국 소설"])
    page = suggested(librarian, **KIM, subjects="한국 소설")
    assert "김64ㄱ" in page
    assert 'data-fill="id_call_number" data-value="813.62 김64ㄱ"' in page
    assert 0 < page.index(">813.62<") < page.index(">813.61<") < page.index(">814.62<")
    assert "books: 2, by the author 2, on the subject 1" in page
    assert "is the number of other books" not in page
    assert 'data-value="810 김64ㄱ"' in suggested(librarian, **KIM, class_number="810")


def test_a_number_that_others_have_is_shown_with_what_tells_them_apart(librarian: Door) -> None:
    first = on_shelf("검은 사슴", "김영하", "813.62 김64ㄱ", volume="2")
    on_shelf("굴비낚시", "김영하", "813.62-김64ㄱ2")
    on_shelf("김밥", "김영하", "아동 813.62 김64ㄱ")
    add_copies(first.pk, now=timezone.now(), count=1, volume="2", copy_number="c.2")
    page = suggested(librarian, **KIM, call_number="813.62 김64ㄱ")
    assert "검은 사슴</a>" in page
    assert "copies 2 c.2" in page
    assert "굴비낚시" not in page
    assert "김밥" not in page
    assert 'data-value="813.62 김64ㄱ3"' in page
    assert "검은 사슴" not in suggested(librarian, **KIM, call_number="813.62 김64ㄱ", book=first.pk)


def test_a_name_without_a_mark_is_said_and_odd_questions_are_answered(librarian: Door) -> None:
    assert "begins with two syllables of Hangul" in suggested(librarian, title="Emma", authors="Jane Austen")
    for odd in ({}, {"book": "9" * 40}, {"call_number": "PR6069 .E3653"}, {"authors": "\0", "title": "x" * 9_000}):
        assert "class number" in suggested(librarian, **odd)


def test_who_may_not_change_books_sees_neither_button_nor_answer(librarian: Door) -> None:
    desk = a_librarian("L-7102", roles=["desk"])
    book = on_shelf("토지", "박경리", "813.6 박14ㅌ")
    assert 'id="suggest"' in librarian.see("catalog_book_change", book.pk)
    assert 'id="suggest"' not in desk.see("catalog_book_change", book.pk)
    assert desk.get("/admin/catalog/book/call_number/").status_code == 403

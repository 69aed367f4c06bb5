"""The shelf in the database: walked both ways, and kept by whoever writes a call number."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from catalog.models import Book, BookImport
from catalog.services import revise_book, withdraw_book
from catalog.shelf import Mark, books_before, books_from, mark_of, mark_of_book
from catalog.shelf_order import shelf_key
from tests.catalog.books import NOW, register
from tests.catalog.imports import imported

pytestmark = pytest.mark.django_db
NUMBERS = ["811.6 윤25ㅎ", "813.6 김64ㅅ", "813.6 김64ㅅ", "813.6 한11ㅊ", "아동 813.8 한11ㅊ"]


def numbers(books: list[Book]) -> list[str]:
    return [book.call_number for book in books]


@pytest.fixture
def shelved() -> list[Book]:
    """Invented books, put onto the shelf from the right, and one that has no place."""
    register("자리 없는 책")
    return [register("책", call_number=number) for number in reversed(NUMBERS)][::-1]


def test_one_walks_along_the_shelf_both_ways(shelved: list[Book]) -> None:
    assert numbers(books_from(Mark(""), 9)) == NUMBERS
    assert numbers(books_from(mark_of("813.6"), 2)) == NUMBERS[1:3]
    assert numbers(books_before(mark_of("813.6"), 9)) == NUMBERS[:1]
    assert numbers(books_before(mark_of("아동"), 2)) == NUMBERS[2:4]
    assert books_from(mark_of("힣"), 9) == []


def test_books_with_one_call_number_are_neither_missed_nor_shown_twice(shelved: list[Book]) -> None:
    one, two = books_from(mark_of(NUMBERS[1]), 2)
    assert books_from(mark_of_book(two), 1) == [two]
    assert books_before(mark_of_book(two), 1) == [one]
    assert numbers(books_from(mark_of_book(two), 9)) == NUMBERS[2:]


def test_the_place_follows_the_record_and_withdrawn_books_leave_theirs(shelved: list[Book]) -> None:
    revise_book(shelved[0].pk, now=NOW, call_number="900 윤25ㅎ")
    assert numbers(books_from(mark_of("9"), 9)) == ["900 윤25ㅎ", "아동 813.8 한11ㅊ"]
    withdraw_book(shelved[-1].pk, now=NOW)
    assert numbers(books_from(mark_of("9"), 9)) == ["900 윤25ㅎ"]
    book = revise_book(shelved[1].pk, now=NOW, volume="3")
    assert book.shelf_key == shelf_key("813.6 김64ㅅ", "3")


def test_the_place_follows_imports_and_what_is_taken_back_of_them(tmp_path: Path) -> None:
    file = tmp_path / "books.csv"
    file.write_text("번호,도서명,청구기호\n1,강물,813.6-김64ㅅ\n", "utf-8")
    imported(file, source="old")
    assert Book.objects.get().shelf_key == shelf_key("813.6-김64ㅅ")
    file.write_text("번호,도서명,청구기호\n1,강물,813.7-나12ㄱ\n", "utf-8")
    imported(file, source="old", overwrite=True)
    assert Book.objects.get().shelf_key == shelf_key("813.7-나12ㄱ")
    call_command("undo_import", str(BookImport.objects.latest("pk").pk), stdout=StringIO())
    assert Book.objects.get().shelf_key == shelf_key("813.6-김64ㅅ")

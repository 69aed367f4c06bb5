"""A librarian keeps the catalogue; whatever is changed is announced."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.admin import books
from catalog.models import Book, Copy
from catalog.services import register_book
from kernel.staff.lists import BoundedPaginator
from lending.checkout.services import borrow_book
from tests.admin.door import Door, a_librarian, a_patron, said
from tests.bus import Bus

pytestmark = pytest.mark.django_db
RECORD = {
    "title": "무진기행",
    "authors": "김승옥\n\n 이문구 ",
    "isbn": "89-374-6003-X",
    "publisher": "민음사",
    "published_year": "1964",
    "language": "kor",
    "subjects": "한국 소설",
    "call_number": "813.6",
    "description": "",
    "copies": "",
    "barcodes": "",
    "copies-TOTAL_FORMS": "0",
    "copies-INITIAL_FORMS": "0",
}


def a_book(title: str = "토지", copies: int = 2) -> Book:
    """A book with copies."""
    return register_book(now=timezone.now(), title=title, copies=copies)


def test_a_book_is_registered_with_its_copies(librarian: Door) -> None:
    isbn = "9788937460036"
    librarian.send("catalog_book_add", **{**RECORD, "isbn": "978-89-374-6003-6", "copies": "2"})
    book = Book.objects.get()
    assert (book.title, book.authors, book.isbn, book.language) == ("무진기행", ["김승옥", "이문구"], isbn, "ko")
    assert book.copies.count() == 2
    assert said()[-3:] == ["BookRegistered", "CopyAdded", "CopyAdded"]


@pytest.mark.parametrize("addon", ["7", "03810"])
def test_a_book_from_a_list_with_the_first_digit_of_its_addon_can_be_revised(librarian: Door, addon: str) -> None:
    book = register_book(now=timezone.now(), title="First", isbn="9788937460036", isbn_addon=addon)
    librarian.send("catalog_book_change", book.pk, **{**RECORD, "isbn": book.isbn, "isbn_addon": addon})
    book.refresh_from_db()
    assert (book.title, book.isbn_addon) == (RECORD["title"], addon)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("isbn_addon", "0381", "five digits, or its first one alone"),
        ("isbn", "978-89-374-6003-1", "This is not an ISBN"),
        ("language", "klingonese!", "Choose a language of the list"),
        ("title", "", "This field is required"),
        ("published_year", "10000", "less than or equal to 2100"),
        ("published_year", "19\x0064", "have a NUL in it"),
        ("authors", "김승옥\x00", "Null characters are not allowed"),
        ("copies", "1001", "less than or equal to 1000"),
        ("barcodes", "A-1\nA-1", "stands twice"),
        ("barcodes", "x" * 33, "A line may have 32 characters"),
    ],
)
def test_faults_stand_on_the_form_and_nothing_is_registered(
    librarian: Door, field: str, typed: str, sentence: str
) -> None:
    page = librarian.send("catalog_book_add", **{**RECORD, "isbn": "", field: typed})
    assert sentence in page
    assert "무진기행" in page or field == "title"
    assert not Book.objects.exists()


def test_an_isbn_that_is_there_already_is_refused_on_the_form(librarian: Door) -> None:
    register_book(now=timezone.now(), title="First", isbn="9788937460036")
    page = librarian.send("catalog_book_add", **{**RECORD, "isbn": "9788937460036"})
    assert "has a book with the ISBN 9788937460036 already" in page
    assert "민음사" in page
    assert Book.objects.count() == 1


def test_a_revision_is_announced_once_and_only_when_something_changed(librarian: Door, bus: Bus) -> None:
    book = a_book("Gatzby", copies=1)
    record = {**RECORD, "isbn": "", "title": "Gatsby", "authors": "", "language": "en"}
    for _ in range(2):
        librarian.send("catalog_book_change", book.pk, **record)
    assert Book.objects.get().title == "Gatsby"
    assert said().count("BookRevised") == 1
    librarian.send("catalog_book_change", book.pk, **{**record, "barcodes": "OLD-77"})
    assert said()[-1] == "CopyAdded"
    assert said().count("BookRevised") == 1
    assert Copy.objects.filter(book=book, barcode="OLD-77").exists()


def test_a_barcode_that_is_taken_undoes_the_whole_form(librarian: Door) -> None:
    book = a_book(copies=1)
    taken = book.copies.get().barcode
    page = librarian.send("catalog_book_change", book.pk, **{**RECORD, "isbn": "", "barcodes": taken})
    assert f"The barcode {taken} is on another copy already." in page
    assert Book.objects.get().title == "토지"


def test_books_are_withdrawn_after_a_page_that_asks_and_refusals_name_the_book(librarian: Door, bus: Bus) -> None:
    kept, gone = a_book("남는 책"), a_book("떠나는 책")
    bus.settle()
    borrow_book(patron_id=a_patron().pk, book_id=kept.pk, now=timezone.now())
    bus.settle()
    page = librarian.act("catalog_book", "withdraw", kept, gone)
    assert "leave the catalogue for good" in page
    assert "BookWithdrawn" not in said()
    page = librarian.act("catalog_book", "withdraw", kept, gone, confirmed="yes")
    assert "남는 책: 1 copy is on loan" in page
    assert "Withdrawn: 1." in page
    assert said().count("BookWithdrawn") == 1
    assert set(Book.objects.filter(withdrawn_at=None)) == {kept}


def test_a_withdrawn_book_is_only_looked_at(librarian: Door) -> None:
    book = a_book()
    librarian.act("catalog_book", "withdraw", book, confirmed="yes", of_one=str(book.pk))
    assert "떠나" not in librarian.see("catalog_book_change", book.pk)
    assert librarian.post(f"/admin/catalog/book/{book.pk}/change/", RECORD).status_code == 403
    assert "토지" not in librarian.see("catalog_book_changelist")
    assert "토지" in librarian.see("catalog_book_changelist", withdrawn="yes")


def test_a_copy_is_withdrawn_from_its_own_page(librarian: Door) -> None:
    copy = a_book().copies.first()
    assert copy
    assert 'value="withdraw"' in librarian.see("catalog_copy_change", copy.pk)
    page = librarian.act("catalog_copy", "withdraw", copy, confirmed="yes", of_one=str(copy.pk))
    assert "Withdrawn: 1." in page
    assert f"<h2>{copy.barcode}</h2>" in page
    assert said()[-1] == "CopyWithdrawn"
    assert 'value="withdraw"' not in librarian.see("catalog_copy_change", copy.pk)


def test_the_search_finds_parts_of_words_and_barcodes_best_first(librarian: Door) -> None:
    _exact, other = a_book("장미"), a_book("운수 좋은 날")
    register_book(now=timezone.now(), title="바다와 장미꽃 이야기")
    page = librarian.see("catalog_book_changelist", q="장미")
    assert "운수" not in page
    assert 0 < page.index(">장미</a>") < page.index("바다와 장미꽃")
    assert "운수 좋은 날" in librarian.see("catalog_book_changelist", q=other.copies.first().barcode)
    assert ">장미</a>" in librarian.see("catalog_book_changelist", q="장미", o="-1")


def test_a_search_says_how_many_books_answer_where_more_do_than_are_listed(
    librarian: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "SHOWN_HITS", 2)
    for number in range(3):
        register_book(now=timezone.now(), title=f"강물 {number}")

    assert "3 books answer; the best 2 of them are listed." in librarian.see("catalog_book_changelist", q="강물")
    assert "books answer" not in librarian.see("catalog_book_changelist", q="강물 2")
    assert "books answer" not in librarian.see("catalog_book_changelist")


def test_a_long_list_is_counted_up_to_a_bound(librarian: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        a_book(f"토지 {number}")
    assert "3 entries" in librarian.see("catalog_book_changelist")
    monkeypatch.setattr(BoundedPaginator, "most", 2)
    with CaptureQueriesContext(connection) as queries:
        assert "2+ entries" in librarian.see("catalog_book_changelist")
    (count,) = (query["sql"] for query in queries if 'COUNT(*) FROM (SELECT "catalog_book"' in query["sql"])
    assert "LIMIT 2" in count
    assert "catalog_copy" not in count


def test_a_librarian_without_rights_sees_no_books() -> None:
    door = a_librarian()
    assert door.user
    door.user.groups.clear()
    refused = door.get("/admin/catalog/book/")
    assert refused.status_code == 403
    assert "An administrator can give it to you." in refused.content.decode()
    assert door.get("/admin/desk/").status_code == 403
    assert "figure-overdue" not in door.see("index")


def test_a_rule_about_types_goes_by_a_sign_not_by_a_person(librarian: Door) -> None:
    korean = Door(librarian.user, headers={"accept-language": "ko"}).see("catalog_typerule_add")
    assert "기준:" in korean
    assert "담당:" not in korean

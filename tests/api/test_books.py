"""Books and copies: everybody looks, librarians change."""

from typing import Any

import pytest

from catalog.api import books
from catalog.models import Book, Copy
from tests.api.answers import ONE_BOOK, ONE_COPY, done, refused
from tests.bus import Bus
from tests.people import Person

pytestmark = pytest.mark.django_db

RECORD = {
    "isbn": "89-374-6278-8",
    "title": "토지",
    "authors": ["박경리"],
    "publisher": "마로니에북스",
    "published_year": 2012,
    "language": "kor",
    "subjects": ["소설", "한국문학"],
    "call_number": "813.6 박14ㅌ",
    "description": "하동 평사리 최참판댁 이야기.",
}


def test_a_book_is_registered_with_copies_and_read_by_everybody(ada: Person, nobody: Person) -> None:
    answer = ada.post("books", {**RECORD, "copies": 2})

    book = done(answer, 201)
    assert book.keys() == ONE_BOOK
    assert book | RECORD | {"isbn": "9788937462788", "language": "ko"} == book
    assert (book["copies_total"], book["copies_available"]) == (2, 2)
    assert answer["Location"] == f"/api/v1/books/{book['id']}"
    assert done(nobody.get(answer["Location"])) == book
    assert done(nobody.get("books"))["results"] == [book]


def test_availability_is_told_by_lending_at_this_moment(book: int, haneul: Person, nobody: Person) -> None:
    done(haneul.post("loans", {"book": book, "quantity": 2}), 201)

    stock = done(nobody.get(f"books/{book}/availability"))
    assert stock.keys() == {"book", "copies_total", "copies_available", "volumes", "as_of"}
    assert (stock["book"], stock["copies_total"], stock["copies_available"]) == (book, 3, 1)


def test_one_book_for_an_isbn(ada: Person) -> None:
    done(ada.post("books", RECORD), 201)
    other = done(ada.post("books", {"title": "Emma"}), 201)

    refused(ada.post("books", {**RECORD, "isbn": "9788937462788"}), 409, "isbn_taken")
    refused(ada.patch(f"books/{other['id']}", {"isbn": "9788937462788"}), 409, "isbn_taken")
    assert Book.objects.count() == 2


def test_fields_of_a_record_are_changed_and_the_others_stay(ada: Person) -> None:
    book = done(ada.post("books", RECORD), 201)

    changed = done(ada.patch(f"books/{book['id']}", {"title": "토지 1", "published_year": None, "subjects": []}))
    assert changed == book | {"title": "토지 1", "published_year": None, "subjects": []}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("isbn", "9788937462789"),
        ("title", ""),
        ("title", None),
        ("title", 5),
        ("authors", "박경리"),
        ("authors", ["박경리", 5]),
        ("authors", {"first": "박경리"}),
        ("published_year", "2012"),
        ("published_year", 2012.0),
        ("published_year", True),
        ("published_year", 10_000),
        ("language", "no language"),
        ("copies", -1),
        ("copies", 1_001),
        ("copies", "3"),
        ("id", 7),
    ],
)
def test_a_record_with_a_fault_is_not_registered(ada: Person, field: str, value: Any) -> None:
    answer = ada.post("books", {**RECORD, field: value})

    refused(answer, 400, "invalid", "authors.1" if value == ["박경리", 5] else field)
    assert not Book.objects.exists()


def test_a_withdrawn_book_is_gone(book: int, ada: Person, nobody: Person) -> None:
    assert done(ada.delete(f"books/{book}"), 204) is None
    Bus().settle()

    for path in (f"books/{book}", f"books/{book}/availability"):
        refused(nobody.get(path), 404, "not_found")
    refused(ada.get(f"books/{book}/copies"), 404, "not_found")
    refused(ada.post(f"books/{book}/copies", {"count": 1}), 404, "not_found")
    refused(ada.delete(f"books/{book}"), 404, "not_found")
    refused(ada.patch(f"books/{book}", {"title": "무"}), 404, "not_found")
    assert done(nobody.get("books"))["results"] == []


def test_a_book_with_copies_on_loan_stays(book: int, haneul: Person, ada: Person) -> None:
    done(haneul.post("loans", {"book": book}), 201)
    Bus().settle()
    lent = Copy.objects.get(place="loan")

    refused(ada.delete(f"books/{book}"), 409, "copies_on_loan")
    refused(ada.delete(f"copies/{lent.pk}"), 409, "copies_on_loan")
    assert done(ada.get(f"books/{book}"))["copies_total"] == 3


def test_copies_are_added_by_number_or_by_barcode(book: int, ada: Person) -> None:
    by_number = done(ada.post(f"books/{book}/copies", {"count": 2}), 201)
    by_barcode = done(ada.post(f"books/{book}/copies", {"barcodes": ["EM0000001", "EM0000002"]}), 201)

    for copy in by_number + by_barcode:
        assert copy.keys() == ONE_COPY
        assert (copy["book"], copy["on_loan"]) == (book, False)
    assert [copy["barcode"] for copy in by_barcode] == ["EM0000001", "EM0000002"]
    assert len({copy["barcode"] for copy in by_number}) == 2
    shown = done(ada.get(f"books/{book}/copies"))["results"]
    assert len(shown) == done(ada.get(f"books/{book}"))["copies_total"] == 7


def test_all_barcodes_are_taken_or_none(book: int, ada: Person) -> None:
    done(ada.post(f"books/{book}/copies", {"barcodes": ["EM0000001"]}), 201)

    refused(ada.post(f"books/{book}/copies", {"barcodes": ["EM0000009", "EM0000001"]}), 409, "barcode_taken")
    assert not Copy.objects.filter(barcode="EM0000009").exists()


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({}, "count"),
        ({"count": 1, "barcodes": ["EM1"]}, "count"),
        ({"count": 0}, "count"),
        ({"barcodes": []}, "barcodes"),
        ({"barcodes": ["EM1", "EM1"]}, "barcodes"),
        ({"barcodes": ["E" * 33]}, "barcodes.0"),
    ],
)
def test_copies_that_can_not_be_meant(book: int, ada: Person, wanted: dict[str, Any], field: str) -> None:
    refused(ada.post(f"books/{book}/copies", wanted), 400, "invalid", field)

    assert Copy.objects.count() == 3


def test_a_withdrawn_copy_is_gone(book: int, ada: Person) -> None:
    copy = done(ada.get(f"books/{book}/copies"))["results"][0]

    assert done(ada.delete(f"copies/{copy['id']}"), 204) is None
    refused(ada.delete(f"copies/{copy['id']}"), 404, "not_found")
    assert copy not in done(ada.get(f"books/{book}/copies"))["results"]


def test_lists_of_books_are_narrowed(ada: Person, haneul: Person, nobody: Person) -> None:
    toji = done(ada.post("books", {**RECORD, "copies": 1}), 201)["id"]
    emma = done(ada.post("books", {"title": "Emma", "authors": ["Jane Austen"], "language": "en-GB"}), 201)["id"]

    for query, found in [
        ({"isbn": "8937462788"}, [toji]),
        ({"language": "en"}, [emma]),
        ({"available": "true"}, [toji]),
        ({"author": "austen"}, [emma]),
        ({"q": "토지"}, [toji]),
        ({"q": "최참판댁 없는말"}, []),
        ({"ordering": "title"}, [emma, toji]),
        ({"ordering": "-published_year"}, [toji, emma]),
    ]:
        assert [one["id"] for one in done(nobody.get("books", query))["results"]] == found, query


def test_a_book_is_found_by_each_of_its_isbns(ada: Person, nobody: Person) -> None:
    of_set, other = "9788937483257", "9788937462795"
    first, second = (
        done(ada.post("books", {"title": "긴 강", "volume": volume, "isbn": isbn, "other_isbns": others}), 201)["id"]
        for volume, isbn, others in [("1", "9788937483264", [of_set]), ("2", "9788937483271", [of_set, other])]
    )

    for query, found in [
        ({"isbn": "978-89-374-8325-7"}, [second, first]),
        ({"isbn": of_set, "ordering": "id"}, [first, second]),
        ({"isbn": other}, [second]),
        ({"isbn": of_set, "available": "true"}, []),
        ({"isbn": of_set, "q": "긴 강 2"}, [second]),
        ({"isbn": "9788937483264"}, [first]),
    ]:
        assert [one["id"] for one in done(nobody.get("books", query))["results"]] == found, query
    ada.delete(f"books/{second}")
    assert done(nobody.get("books", {"isbn": other}))["results"] == []


def test_the_total_of_sorted_hits_is_no_more_than_what_the_pages_have(
    ada: Person, nobody: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "MOST_SORTED", 2)
    for number in range(3):
        ada.post("books", {"title": f"토지 {number}"})

    for query, total, shown in [
        ({}, "3", 3),
        ({"ordering": "title"}, "2+", 2),
        ({"ordering": "title", "q": "토지 1"}, "1", 1),
    ]:
        answer = nobody.get("books", {"q": "토지", **query})
        assert (answer.headers["Library-Total"], len(done(answer)["results"])) == (total, shown)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"isbn": "123"}, "isbn"),
        ({"available": "perhaps"}, "available"),
        ({"ordering": "price"}, "ordering"),
        ({"language": "!"}, "language"),
        ({"q": "a\0b"}, "q"),
        ({"q": "가" * 201}, "q"),
        ({"colour": "red"}, "colour"),
        ({"format": "xml"}, "format"),
    ],
)
def test_a_query_with_a_fault(nobody: Person, query: dict[str, str], field: str) -> None:
    refused(nobody.get("books", query), 400, "invalid", field)

"""Copies and their types at the API: what they are, how they change, and what lending hears of it."""

import pytest

from catalog.models import Copy
from lending.models import Copy as LentCopy
from tests.api.answers import ONE_COPY, done, refused
from tests.bus import Bus
from tests.people import Person

pytestmark = pytest.mark.django_db

RECORD = {
    "type": "dvd",
    "for_loan": False,
    "shelving_mark": "아동",
    "volume": "2",
    "copy_number": "c.3",
    "price": 16_800,
    "items": ["CD", "map"],
}


@pytest.fixture
def dvd(ada: Person) -> None:
    """A type of copies."""
    done(ada.post("copy-types", {"code": "dvd", "name_ko": "디브이디", "name_en": "DVD"}), 201)


@pytest.mark.usefixtures("dvd")
def test_a_copy_has_all_that_it_was_added_with(ada: Person, book: int) -> None:
    [made] = done(ada.post(f"books/{book}/copies", {"barcodes": ["EM0000101"], **RECORD}), 201)

    assert made.keys() == ONE_COPY
    assert made | RECORD == made
    assert done(ada.get(f"copies/{made['id']}")) == made
    assert done(ada.get("copies", {"barcode": "em0000101"}))["results"] == [made]
    assert done(ada.get("copies", {"barcode": "nothing"}))["results"] == []


@pytest.mark.usefixtures("dvd")
def test_a_copy_is_changed_and_lending_hears_of_it(ada: Person, book: int, bus: Bus) -> None:
    [copy] = done(ada.post(f"books/{book}/copies", {"barcodes": ["EM0000101"]}), 201)
    bus.settle()

    changed = done(ada.patch(f"copies/{copy['id']}", {"type": "dvd", "for_loan": False, "barcode": "EM0000102"}))
    bus.settle()

    assert (changed["type"], changed["for_loan"], changed["barcode"]) == ("dvd", False, "EM0000102")
    known = LentCopy.objects.get(pk=copy["id"])
    assert (known.type, known.for_loan, known.barcode) == ("dvd", False, "EM0000102")


def test_what_is_not_for_loan_is_no_stock_and_can_not_be_borrowed(
    ada: Person, haneul: Person, book: int, bus: Bus
) -> None:
    for copy in done(ada.get(f"books/{book}/copies"))["results"]:
        done(ada.patch(f"copies/{copy['id']}", {"for_loan": False}))
    bus.settle()

    assert done(ada.get(f"books/{book}"))["copies_available"] == 0
    assert done(ada.get(f"books/{book}/availability"))["copies_available"] == 0
    refused(haneul.post("loans", {"book": book}), 409, "out_of_stock")
    refused(ada.post("loans", {"patron": haneul.id, "barcode": copy["barcode"]}), 409, "not_for_loan")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "none"}, "type"),
        ({"price": -1}, "price"),
        ({"price": "16800"}, "price"),
        ({"items": "CD"}, "items"),
        ({"shelving_mark": "x" * 21}, "shelving_mark"),
        ({"barcode": ""}, "barcode"),
        ({"where": "shelf"}, "where"),
    ],
)
def test_a_wrong_change_is_refused_and_names_the_field(ada: Person, book: int, change: dict, field: str) -> None:
    copy = Copy.objects.filter(book=book).first()
    assert copy is not None
    refused(ada.patch(f"copies/{copy.pk}", change), 400, "invalid", field)


def test_a_barcode_of_another_copy_is_taken_in_either_case(ada: Person, book: int) -> None:
    one, other = done(ada.post(f"books/{book}/copies", {"barcodes": ["LEE-7", "LEE-8"]}), 201)

    refused(ada.patch(f"copies/{other['id']}", {"barcode": "lee-7"}), 409, "barcode_taken")
    assert done(ada.patch(f"copies/{one['id']}", {"barcode": "lee-7"}))["barcode"] == "lee-7"


def test_a_withdrawn_copy_leaves_its_barcode_free(ada: Person, book: int, bus: Bus) -> None:
    [copy] = done(ada.post(f"books/{book}/copies", {"barcodes": ["EM0000101"]}), 201)
    done(ada.delete(f"copies/{copy['id']}"), 204)

    [again] = done(ada.post(f"books/{book}/copies", {"barcodes": ["EM0000101"]}), 201)
    bus.settle()

    refused(ada.get(f"copies/{copy['id']}"), 404, "not_found")
    assert done(ada.get("copies", {"barcode": "EM0000101"}))["results"] == [again]
    assert not LentCopy.objects.get(pk=again["id"]).withdrawn


@pytest.mark.usefixtures("dvd")
def test_types_are_listed_for_everybody_added_once_and_renamed(ada: Person, nobody: Person) -> None:
    dvd = {"code": "dvd", "name_ko": "디브이디", "name_en": "DVD"}
    assert done(nobody.get("copy-types"))["results"] == [dvd]

    refused(ada.post("copy-types", dvd), 409, "copy_type_known")
    assert done(ada.patch("copy-types/dvd", {"name_ko": "영상"})) == dvd | {"name_ko": "영상"}
    refused(ada.patch("copy-types/none", {"name_ko": "영상"}), 404, "not_found")
    refused(ada.post("copy-types", {**dvd, "code": "Not a code"}), 400, "invalid", "code")


def test_a_book_has_volume_class_series_and_other_titles(ada: Person) -> None:
    more = {
        "volume": "2",
        "class": "813.7",
        "series": "마을 이야기",
        "other_titles": ["Under the Zelkova"],
        "other_isbns": ["978-89-374-6278-8"],
    }
    book = done(ada.post("books", {"title": "느티나무 아래", **more}), 201)

    assert book | more | {"other_isbns": ["9788937462788"]} == book
    changed = done(ada.patch(f"books/{book['id']}", {"class": "911.05", "series": ""}))
    assert (changed["class"], changed["series"], changed["volume"]) == ("911.05", "", "2")
    refused(ada.patch(f"books/{book['id']}", {"other_isbns": ["123"]}), 400, "invalid", "other_isbns.0")

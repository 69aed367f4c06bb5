"""What is written is read back as the same books and copies, in every format."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pymarc import record_to_xml

from catalog.exporting.holdings import Holding, holdings_of
from catalog.exporting.marc import KORMARC, MARC21, TooLongForMarc, marc_records, transmitted
from catalog.exporting.tables import heading, rows_of
from catalog.importing.marc.iso2709 import marc_records as read_marc
from catalog.importing.marc.marcxml import marcxml_records as read_marcxml
from catalog.importing.records import IncomingBook
from catalog.importing.tables.reading import table_records
from catalog.models import Book, Copy

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
ISBNS = ["9788937483400", "9788937462788", "9780439023481", "9791190090018"]
WORDS = [
    "느티나무",
    "아래",
    "바람",
    "Zelkova",
    "Quiet",
    "Harbor",
    "한강",
    "고래의",
    "노래",
    "Tōkyō",
    "東京",
    "18세기",
    "C++",
]
NAMES = ["한느티", "이강", "Mina Vale", "García Márquez, Gabriel", "陳庸基"]


def phrases(most: int = 4) -> Any:
    """Words of titles."""
    return some.lists(some.sampled_from(WORDS), min_size=1, max_size=most).map(" ".join)


def either(strategy: Any, nothing: Any = "") -> Any:
    """The one, or nothing."""
    return some.one_of(some.just(nothing), strategy)


def copies() -> Any:
    """Copies, each with its own barcode; often of one price."""
    one = some.fixed_dictionaries(
        {
            "copy_number": either(some.sampled_from(["2", "c.3"])),
            "shelving_mark": either(some.sampled_from(["아동", "R", "청"])),
            "price": some.sampled_from([15_000, 15_000, 0, 9_900, None]),
            "room": either(some.sampled_from(["어린이실", "Room 2"])),
            "items": some.lists(some.sampled_from(["CD", "지도"]), unique=True),
            "for_loan": some.booleans(),
        }
    )
    return some.lists(one, max_size=4)


@some.composite
def holdings(draw: Any) -> Holding:
    """A book with its copies."""
    subjects = either(phrases(2)), either(some.just("한국 문학 -- 역사"))
    book = Book(
        pk=draw(some.integers(1, 10**9)),
        registered_at=NOW,
        title=draw(phrases()),
        authors=draw(some.lists(some.sampled_from(NAMES), unique=True, max_size=3)),
        publisher=draw(either(phrases(2))),
        published_year=draw(either(some.integers(1000, 2099), None)),
        isbn=draw(either(some.sampled_from(ISBNS[:2]), None)),
        other_isbns=draw(some.lists(some.sampled_from(ISBNS[2:]), unique=True, max_size=2)),
        language=draw(either(some.sampled_from(["ko", "en", "ja"]))),
        subjects=list(dict.fromkeys(filter(None, map(draw, subjects)))),
        class_number=draw(either(some.sampled_from(["813.7", "911.075"]))),
        call_number=draw(either(some.sampled_from(["813.7 느64ㅂ", "823 AUS"]))),
        series=draw(either(some.sampled_from(["마을 이야기", "The Coast ; 2"]))),
        other_titles=draw(some.lists(some.just("Under the Zelkova"), max_size=1)),
        description=draw(either(phrases(4))),
        volume=draw(either(some.sampled_from(["1", "20", "상"]))),
    )
    book.isbn_addon = draw(either(some.sampled_from(["04810", "7"]))) if book.isbn else ""
    if book.call_number and not book.class_number:
        book.class_number = "813.7"  # what stands on the spine says it anyway
    book.class_scheme = "kdc" if book.class_number else ""
    if not book.isbn:
        book.other_isbns = []
    made = [
        Copy(barcode=f"EM{number:010d}", added_at=NOW, volume=book.volume, **fields)
        for number, fields in enumerate(draw(copies()))
    ]
    return Holding(book, made, "")


def fields_of(book: Any) -> dict[str, Any]:
    """What is compared of a book, whichever side it is on."""
    names = (
        "title", "authors", "publisher", "published_year", "isbn", "isbn_addon", "other_isbns", "language", "subjects",
        "class_number", "class_scheme", "call_number", "series", "other_titles", "description", "volume",
    )  # fmt: skip
    said = book.fields if isinstance(book, IncomingBook) else vars(book)
    return {name: said.get(name) or "" for name in names}


def copy_fields(copy: Any) -> tuple[Any, ...]:
    """What is compared of a copy."""
    spine = copy.barcode, copy.volume, copy.copy_number, copy.shelving_mark
    return (*spine, copy.price, copy.for_loan, copy.room, tuple(copy.items))


def same(holding: Holding, read: list[IncomingBook]) -> None:
    """The records read are the book that was written."""
    assert {record.control_number for record in read} == {str(holding.book.pk)}
    for record in read:
        assert record.rejected is None
        assert fields_of(record) == fields_of(holding.book)
    assert [copy_fields(copy) for record in read for copy in record.copies] == list(map(copy_fields, holding.copies))


@pytest.mark.parametrize("flavour", [KORMARC, MARC21])
@given(holding=holdings())
@settings(max_examples=60)
def test_marc_is_read_back(flavour: str, holding: Holding) -> None:
    same(holding, list(read_marc(io.BytesIO(transmitted(holding, flavour)))))


@pytest.mark.parametrize("flavour", [KORMARC, MARC21])
@given(holding=holdings())
@settings(max_examples=30)
def test_marcxml_is_read_back(flavour: str, holding: Holding) -> None:
    inner = b"".join(record_to_xml(record, namespace=True) for record in marc_records(holding, flavour))
    same(holding, list(read_marcxml(io.BytesIO(b"<collection>" + inner + b"</collection>"))))


@pytest.mark.parametrize("language", ["ko", "en"])
@given(holding=holdings(), begin=some.sampled_from(["", "=", "+", "@", "-", "'="]))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_is_read_back_and_holds_no_formula(tmp_path: Path, language: str, holding: Holding, begin: str) -> None:
    holding.book.title = begin + holding.book.title
    path = tmp_path / "books.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = [heading(language, {"kdc"}), *rows_of(holding)]
        csv.writer(file).writerows(rows)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)

    same(holding, list(table_records(path)))


def test_names_and_lists_that_would_be_parted_are_read_back_whole(tmp_path: Path) -> None:
    lists = {
        "authors": ["김, 영하", "Borrego Plá, María Carmen", "나무와 글", "Kim; Lee", '"Quiet", Inc. (Seoul, Korea)'],
        "subjects": ["A; B", "A | B", '"인용"', "느티나무"],
        "access_points": ["Emil Kogan ; traduit du russe", "Gli Oscar ; 1507"],
    }  # fmt: skip
    book = Book(pk=7, title="지도책", registered_at=NOW, **lists)
    path = tmp_path / "books.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        copy = Copy(barcode="A-1", items=["CD 1장; 해설", "지도 | 1매"], added_at=NOW)
        csv.writer(file).writerows([heading("ko", set()), *rows_of(Holding(book, [copy], ""))])

    [record] = table_records(path)

    assert {name: record.fields[name] for name in lists} == lists
    assert record.copies[0].items == ["CD 1장; 해설", "지도 | 1매"]


def test_paragraphs_and_copies_without_a_volume_are_read_back(tmp_path: Path) -> None:
    book = Book(pk=7, title="긴 강", volume="상", description="첫 문단\n이어서\n\n둘째 문단", registered_at=NOW)
    copies = [Copy(barcode="A-1", added_at=NOW), Copy(barcode="A-2", volume="2", added_at=NOW)]
    path = tmp_path / "books.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([heading("ko", set()), *rows_of(Holding(book, copies, ""))])

    one, two = table_records(path)

    assert one.fields["description"] == two.fields["description"] == book.description
    assert [one.copies[0].volume, two.copies[0].volume] == ["", "2"]


def test_classes_of_two_classifications_are_read_back_as_of_their_own(tmp_path: Path) -> None:
    schemes = [("813.7", "kdc"), ("005.133", "ddc"), ("813.7", "")]
    books = [
        Book(pk=pk, title=f"책 {pk}", registered_at=NOW, class_number=number, class_scheme=scheme)
        for pk, (number, scheme) in enumerate(schemes, 1)
    ]
    path = tmp_path / "books.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = [row for book in books for row in rows_of(Holding(book, [], ""))]
        csv.writer(file).writerows([heading("ko", {"kdc", "ddc", ""}), *rows])

    read = [record.fields for record in table_records(path)]

    assert [(fields["class_number"], fields["class_scheme"]) for fields in read] == schemes


def test_the_items_of_a_copy_are_in_the_table(tmp_path: Path) -> None:
    book = Book(pk=7, title="지도책", registered_at=NOW)
    path = tmp_path / "books.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        copy = Copy(barcode="A-1", items=["CD", "지도"], added_at=NOW, type_id="map")
        csv.writer(file).writerows([heading("ko", set()), *rows_of(Holding(book, [copy], ""))])

    [record] = table_records(path)

    assert (record.copies[0].items, record.copies[0].type_code) == (["CD", "지도"], "map")
    assert str(record.copies[0].registered_on) == "2026-03-02"


@pytest.mark.parametrize("flavour", [KORMARC, MARC21])
def test_many_copies_are_parted_over_records_of_one_number(flavour: str) -> None:
    book = Book(pk=7, title="모두가 찾는 책", registered_at=NOW)
    copies = [Copy(barcode=f"EM{number:010d}", added_at=NOW) for number in range(1_000)]

    read = list(read_marc(io.BytesIO(transmitted(Holding(book, copies, ""), flavour))))

    assert len(read) == 3
    same(Holding(book, copies, ""), read)


def test_numbers_of_two_libraries_are_not_those_of_one_source() -> None:
    one, other = (Book(pk=7, title=title, authors=["한느티"], registered_at=NOW) for title in ("하늘", "바다"))

    read = [record for book in (one, other) for record in read_back(book)]

    assert [(record.system, record.control_number) for record in read] == [("", "7"), ("", "7")]


def read_back(book: Book) -> list[IncomingBook]:
    """The book without copies, written and read."""
    return list(read_marc(io.BytesIO(transmitted(Holding(book, [], ""), KORMARC))))


def test_a_long_description_is_parted_over_fields() -> None:
    book = Book(pk=7, title="긴 이야기", description=" ".join(["느티나무"] * 4_000), registered_at=NOW)

    [read] = read_marc(io.BytesIO(transmitted(Holding(book, [], ""), KORMARC)))

    assert read.fields["description"] == book.description


def test_what_no_record_can_hold_is_refused_by_name() -> None:
    book = Book(pk=7, title="끝없는 이야기", description="느티나무 " * 20_000, registered_at=NOW)

    with pytest.raises(TooLongForMarc) as refusal:
        transmitted(Holding(book, [], ""), KORMARC)
    assert "끝없는 이야기" in str(refusal.value)


@pytest.mark.parametrize("flavour", [KORMARC, MARC21])
def test_letters_that_no_format_can_hold_are_blanks_in_the_file(flavour: str) -> None:
    pasted = Book(pk=7, registered_at=NOW, title="바람의\x0b길\x1e둘\x1f셋\x1d\ufffe", description="하나\x1e둘")
    [record] = marc_records(Holding(pasted, [], ""), flavour)

    [read] = read_marc(io.BytesIO(transmitted(Holding(pasted, [], ""), flavour)))
    [from_xml] = read_marcxml(io.BytesIO(record_to_xml(record)))

    assert (read.title, read.fields["description"], read.notes) == ("바람의 길 둘 셋", "하나 둘", [])
    assert (from_xml.title, from_xml.notes) == ("바람의 길 둘 셋", [])


def test_the_national_number_stands_in_012() -> None:
    [record] = marc_records(Holding(Book(pk=7, title="책", registered_at=NOW), [], "KMO202412345"), KORMARC)
    assert record["012"]["a"] == "KMO202412345"
    assert record.leader[18] == "k"


@pytest.mark.django_db(databases="__all__")
def test_a_national_number_beside_another_one_goes_out_again() -> None:
    Book.objects.create(title="책", registered_at=NOW, access_points=["한느티 지음", "KMO202412345"])

    [holding] = holdings_of(Book.objects.all())

    assert holding.national_number == "KMO202412345"

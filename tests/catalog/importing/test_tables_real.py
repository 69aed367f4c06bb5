"""Tables as libraries and other systems hand them out, read where they lie (../shared/data)."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from catalog.importing.records import IncomingBook
from catalog.importing.tables.reading import preview_of_table, table_records

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def real(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the real data is not here: there is no ../shared/data/{name}")
    return path


def books(name: str) -> list[IncomingBook]:
    """The titles of a file, none of them rejected or in need of a note."""
    found = list(table_records(real(name)))
    assert not [book for book in found if book.rejected or book.notes]
    return found


def said(book: IncomingBook, *names: str) -> tuple[object, ...]:
    return tuple(book.fields[name] for name in names)


def test_data4library_brings_volumes_classes_loans_and_a_number_of_copies():
    cat, school = books("korean/data4library_cp949.csv")

    assert said(cat, "title", "authors") == ("(숲에서 만난) 고양이 우체국", ["나우체", "임고양"])
    assert said(cat, "volume", "class_number", "class_scheme") == ("4", "813.8", "kdc")
    assert said(school, "volume", "class_number", "class_scheme") == ("20", "410.4", "kdc")
    assert said(cat, "isbn", "isbn_addon", "loans_before", "call_number") == ("9791190090025", "7", 15, "")
    assert [len(book.copies) for book in (cat, school)] == [2, 1]
    assert {(copy.barcode, copy.registered_on) for copy in cat.copies} == {("", date(2024, 11, 8))}
    assert said(school, "isbn", "access_points", "authors") == ("9788901260716", ["9788901260709"], ["표숫자"])


def test_a_list_of_holdings_has_a_copy_a_line():
    first, second = books("korean/holdings_cp949.csv")

    assert first.fields == second.fields
    assert said(first, "title", "isbn", "published_year") == ("섭씨 백도 : 뜨거운 기억", "9788936434267", 2017)
    assert said(first, "call_number", "class_number") == ("911.075-최16ㅂ", "911.075")
    [one], [two] = first.copies, second.copies
    assert (one.barcode, one.shelving_mark, one.copy_number) == ("EM0000000101", "청", "")
    assert (two.barcode, two.shelving_mark, two.copy_number) == ("EM0000000102", "청", "2")
    assert one.room == two.room == "[느티]7F_이음"


def test_goodreads_numbers_years_and_series():
    harbor, loud, salt = books("reports/goodreads.csv")

    assert said(harbor, "title", "series", "volume") == ("Quiet Harbor", "The Coast", "1")
    assert said(harbor, "isbn", "published_year") == ("9780439023481", 2008)
    assert harbor.fields["authors"] == ["Mina Vale", "Otto Rand", "Liv Sand"]
    assert said(loud, "isbn", "published_year", "title") == (None, 2010, "Loud Harbor")
    assert said(salt, "isbn", "published_year", "authors") == ("9780439655484", 2011, ["Mina Vale"])
    assert [book.control_number for book in (harbor, loud, salt)] == ["7001", "7002", "7003"]


def test_a_second_line_of_a_title_is_a_second_copy():
    found = books("reports/second-copy.csv")
    assert [copy.barcode for book in found for copy in book.copies] == ["A-1", "A-2"]
    assert {said(book, "title", "isbn") for book in found} == {("나무의 노래", "9788901234564")}


def test_excels_first_line_and_separators_at_the_end():
    assert [said(book, "title", "isbn") for book in books("reports/excel-sep.csv")] == [("바람의 길", "9788970128856")]
    assert [said(book, "title", "isbn") for book in books("reports/trailing-semicolon.csv")] == [
        ("바람의 뜰", "9788970128870"),
        ("바람의 문", "9788970128887"),
    ]


def test_persons_and_bodies():
    assert {book.title: book.fields["authors"] for book in books("reports/names.csv")} == {
        "N-A": ["García Márquez, Gabriel José"],
        "N-C": ["Acme Software Group, Seoul Branch"],
        "N-D": ["Mina Vale", "Otto Rand"],
        "N-I": ["홍길동"],
        **{title: ["홍길동", "성춘향"] for title in ("N-F", "N-G", "N-H", "O-A", "O-C")},
    }


def test_isbns_of_a_damaged_table_are_trusted_only_where_they_agree():
    records = list(table_records(real("goodbooks10k_books.csv")))

    reasons = Counter(str(reason) for record in records for reason, _detail in record.notes)
    isbns = [record.fields["isbn"] for record in records if record.fields["isbn"]]
    assert len(records) == 10_000
    assert len(set(isbns)) == len(isbns) == 9_258
    # Years before the common era are no years of publication.
    expected = {"isbn_incomplete": 135, "isbn_invalid": 23, "isbn_contradictory": 19, "year_unknown": 31}
    assert reasons == expected


def test_a_preview_says_how_a_file_is_understood():
    preview = preview_of_table(real("korean/data4library_cp949.csv"))

    assert (preview.format, preview.encoding, preview.delimiter) == ("csv", "CP949", ",")
    assert dict(preview.columns)["주제분류번호"] == "class_number"
    assert dict(preview.columns)["번호"] == ""
    assert [book.title for book in preview.books] == ["(숲에서 만난) 고양이 우체국", "숲속 수학 학교"]
    assert len(preview_of_table(real("goodbooks10k_books.csv")).books) == 10

"""What the cells of a row mean."""

from pathlib import Path

import pytest

from catalog.importing.records import IncomingBook
from catalog.importing.tables.call_numbers import CallNumber, split
from catalog.importing.tables.reading import preview_of_table, table_records
from kernel.importing.records import CannotImportError
from tests.tables.workbooks import xlsx


def table(tmp_path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes("\n".join(rows).encode(encoding))
    return path


def read(tmp_path: Path, *rows: str, **options) -> list[IncomingBook]:
    return list(table_records(table(tmp_path, *rows), **options))


def notes(book: IncomingBook) -> list[str]:
    return [str(code) for code, _detail in book.notes]


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("청 911.075-최16ㅂ", CallNumber("911.075-최16ㅂ", "청", "911.075")),
        ("청 911.075-최16ㅂ=2", CallNumber("911.075-최16ㅂ", "청", "911.075", "", "2")),
        ("813.7-김64ㅅ-2=3", CallNumber("813.7-김64ㅅ", "", "813.7", "2", "3")),
        ("813.7 김64ㅅ v.2 c.3", CallNumber("813.7 김64ㅅ", "", "813.7", "2", "3")),
        ("아813.8-임13ㄱ-v.4", CallNumber("813.8-임13ㄱ", "아", "813.8", "4")),
        ("R 030-한11ㅊ", CallNumber("030-한11ㅊ", "R", "030")),
        ("[아동] 813.8 느64ㅂ", CallNumber("813.8 느64ㅂ", "아동", "813.8")),
        ("參考 951.0099-國52ㅈ-3=2", CallNumber("951.0099-國52ㅈ", "參考", "951.0099", "3", "2")),
        ("古911.05 한11ㅎ", CallNumber("911.05 한11ㅎ", "古", "911.05")),
        ("823 K98h", CallNumber("823 K98h", "", "823")),
        ("R 823.912 T649h 2001 c.2", CallNumber("823.912 T649h 2001", "R", "823.912", "", "2")),
        ("823.912 T649h v.2001", CallNumber("823.912 T649h", "", "823.912", "2001")),
        ("823.912 T649h 12", CallNumber("823.912 T649h", "", "823.912", "12")),
        ("320.1-한11ㅊ-2010", CallNumber("320.1-한11ㅊ", "", "320.1", "2010")),
        ("813.6-최68ㄱ-상", CallNumber("813.6-최68ㄱ", "", "813.6", "상")),
        ("813.6 최68ㄱ v.하권=2", CallNumber("813.6 최68ㄱ", "", "813.6", "하", "2")),
        ("아 808.91-웅71ㅇ-v.12=c.2", CallNumber("808.91-웅71ㅇ", "아", "808.91", "12", "2")),
        ("813.7-김64ㅅ-c.2", CallNumber("813.7-김64ㅅ", "", "813.7", "", "2")),
        ("(유)375.1 ㅇ65ㅍ c2", CallNumber("375.1 ㅇ65ㅍ", "유", "375.1", "", "2")),
        ("913 c21 2001", CallNumber("913 c21 2001", "", "913")),
        ("QH 301 M3", CallNumber("QH 301 M3")),
        ("QA76.73 .P98", CallNumber("QA76.73 .P98")),
        ("미정", CallNumber("미정")),
        ("", CallNumber("")),
    ],
)
def test_a_call_number_has_parts(written, parts):
    assert split(written) == parts


@pytest.mark.parametrize(
    ("written", "tag"), [("한국어", "ko"), ("English", "en"), ("일어", "ja"), ("kor", "ko"), ("zh-TW", "zh-TW")]
)
def test_a_language_is_a_code_or_a_name(tmp_path, written, tag):
    [book] = read(tmp_path, "서명,언어", f"가,{written}")

    assert book.fields["language"] == tag
    assert book.notes == []


@pytest.mark.parametrize("word", ["N", "FALSE", "0", "아니요", "대출 불가", "관내", "열람용"])
def test_a_cell_says_that_a_copy_is_not_lent(tmp_path, word):
    [book] = read(tmp_path, "서명,등록번호,대출가능여부", f"가,EM1,{word}")

    assert [copy.for_loan for copy in book.copies] == [False]


@pytest.mark.parametrize("word", ["", "Y", "TRUE", "1", "가능", "대출불가(대출중)"])
def test_what_says_otherwise_is_lent(tmp_path, word):
    [book] = read(tmp_path, "서명,등록번호,대출가능여부", f"가,EM1,{word}")

    assert [copy.for_loan for copy in book.copies] == [True]


def test_copies_have_marks_prices_and_what_of_them_is_unusable_is_noted(tmp_path):
    one, two, three, four = read(
        tmp_path,
        "서명,등록번호,별치기호,복본기호,권책기호,가격(원),도서권수,등록일,분류기호,도서기호",
        '가,EM1;EM2,R,=2,3,"15,000",9,2024. 3. 1.,813.7,김64ㅅ',
        "나,,,,,비매품,2,46354,813.7,",
        "다,,,,,,백 권,,,",
        f"라,{'1' * 33},,,,공짜?,,언젠가,,",
    )

    assert [(copy.barcode, copy.copy_number, copy.shelving_mark) for copy in one.copies] == [
        ("EM1", "2", "R"),
        ("EM2", "2", "R"),
    ]
    assert {(copy.price, copy.volume, str(copy.registered_on)) for copy in one.copies} == {(15000, "3", "2024-03-01")}
    assert (one.fields["call_number"], one.fields["class_number"], one.fields["class_scheme"]) == (
        "813.7 김64ㅅ",
        "813.7",
        "",
    )
    assert [(copy.price, str(copy.registered_on)) for copy in two.copies] == [(None, "2026-11-28")] * 2
    assert (two.fields["call_number"], notes(two)) == ("", [])
    assert (three.copies, notes(three)) == ([], ["copies_unknown"])
    assert (four.copies, notes(four)) == ([], ["barcode_unusable"])


def test_a_copy_whose_price_or_day_is_none_comes_in_without(tmp_path):
    [book] = read(tmp_path, "서명,등록번호,가격,등록일", "가,EM1,열 냥,언젠가")
    [copy] = book.copies
    assert (copy.price, copy.registered_on, notes(book)) == (None, None, ["price_unknown", "day_unknown"])


def test_a_sets_isbn_is_never_a_volumes_own(tmp_path):
    first, second, third = read(
        tmp_path,
        "서명,ISBN,세트 ISBN,부가기호",
        "가,9788901260716,9788901260709,77810",
        "나,9788901260709,9788901260709,",
        "다,9788901260709 (세트),,",
    )
    assert (first.fields["isbn"], first.fields["isbn_addon"], first.fields["access_points"]) == (
        "9788901260716",
        "77810",
        ["9788901260709"],
    )
    for book in (second, third):
        assert (book.fields["isbn"], book.fields["access_points"]) == (None, ["9788901260709"])
        assert notes(book) == ["isbn_of_set"]


def test_further_isbns_of_a_cell_are_kept(tmp_path):
    [book] = read(tmp_path, "title,isbn", "A,0-306-40615-2; 9788901260716")
    assert (book.fields["isbn"], book.fields["other_isbns"]) == ("9780306406157", ["9788901260716"])


def test_what_a_cell_can_not_mean_is_noted(tmp_path):
    [book] = read(tmp_path, "title,isbn,year,language,subjects", "A,9780306406158,-500,Korean?!,강; 산 ;강")
    assert sorted(notes(book)) == ["isbn_invalid", "language_unknown", "year_unknown"]
    assert (book.fields["isbn"], book.fields["published_year"], book.fields["language"]) == (None, None, "")
    assert book.fields["subjects"] == ["강", "산"]


def test_bad_rows_are_rejected_alone_and_reading_can_go_on_behind_any(tmp_path):
    rows = ["title,authors", "첫째,가", "a,b,c,d", "셋째,나", "넷째,다"]
    first, bad, third, _fourth = read(tmp_path, *rows)
    assert (first.title, third.title, bad.rejected and bad.rejected[0]) == ("첫째", "셋째", "cells_more")
    assert [(book.number, book.title) for book in read(tmp_path, *rows, start=2)] == [(3, "셋째"), (4, "넷째")]


def test_columns_can_be_named(tmp_path):
    [book] = read(tmp_path, "Werk,Von,title", "Am Fluss,Lea Stein,x", chosen={"title": "Werk", "authors": "Von"})
    assert (book.title, book.fields["authors"]) == ("Am Fluss", ["Lea Stein"])

    [book] = read(tmp_path, "title,publisher,name", "A,B,C", chosen={"publisher": "", "title": "name"})
    assert (book.title, book.fields["publisher"]) == ("C", "")
    [book] = read(tmp_path, "2026년 목록", "title,publisher", "A,B", chosen={"publisher": ""})
    assert (book.title, book.fields["publisher"]) == ("A", "")


@pytest.mark.parametrize(("chosen", "sentence"), [({}, "no column title"), ({"title": "Buch"}, "no column Buch")])
def test_a_table_without_titles_is_refused_with_what_it_has(tmp_path, chosen, sentence):
    with pytest.raises(CannotImportError, match=f"{sentence}.*Werk, Von"):
        read(tmp_path, "Werk,Von", "Am Fluss,Lea Stein", chosen=chosen)


def test_a_workbook_is_read_and_shown(tmp_path):
    rows = [["서명", "저자", "ISBN", "가격", "등록번호"], ["가", "이강 지음", 9780306406157, 15000, 101]]
    path = xlsx(tmp_path / "list.xlsx", {"안내": [["읽어 주세요"]], "목록": rows})

    preview = preview_of_table(path)

    assert (preview.format, preview.sheet, preview.encoding) == ("workbook", "목록", "")
    [book] = preview.books
    assert (book.fields["isbn"], book.fields["authors"]) == ("9780306406157", ["이강"])
    assert [(copy.barcode, copy.price) for copy in book.copies] == [("101", 15000)]


@pytest.mark.parametrize("word", ["합계", "계", "총 계", "[소계]", "Total", "Grand total:"])
def test_a_row_that_sums_up_others_is_left_out_by_name(tmp_path: Path, word: str) -> None:
    rows = ("서명,저자,등록번호,가격,도서권수,비고", "토지,박경리,EM1,9000,1,", f'{word},,,"9,000원",1권,3')
    book, total = read(tmp_path, *rows)
    assert book.rejected is None
    assert total.rejected == ("total_row", f"{word} 9,000원 1권 3")


@pytest.mark.parametrize("row", ["합계,이상,,9000", "Total,,EM2,9000", "계,,,", "소계,,,미정", "합계의 힘,,,9000"])
def test_a_book_that_is_called_so_is_a_book(tmp_path: Path, row: str) -> None:
    (book,) = read(tmp_path, "서명,저자,등록번호,가격", row)
    assert book.rejected is None

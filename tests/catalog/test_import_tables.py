"""CSV files: headings, encodings, bad rows."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from catalog.importing.files import format_of
from catalog.models import Book
from kernel.importing.records import CannotImportError
from kernel.importing.tables.opening import open_table
from tests.catalog.imports import figures, imported, reasons

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_is_read_by_its_korean_heading(tmp_path, encoding, separator):
    rows = [
        ["등록번호", "서명", "저자", "출판사", "발행년도", "ISBN", "언어"],
        ["EM1", "섬진강의 봄", "김용은 지음| 이하늘 그림", "강변", "2003년 4월", "89-374-6077-X", "ko"],
        ["EM2", '"큰따옴표"의 하루', "지은이: 정세아", "강변", "1999.0", "9788937460777", "Korean?!"],
    ]
    lines = (separator.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows)
    path = tmp_path / "table.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))

    report = imported(path)

    first, second = Book.objects.order_by("pk")
    assert (first.title, first.authors, first.published_year) == ("섬진강의 봄", ["김용은", "이하늘"], 2003)
    assert (second.title, second.authors, second.published_year) == ('"큰따옴표"의 하루', ["정세아"], 1999)
    assert (first.isbn, second.isbn, first.language, second.language) == (None, "9788937460777", "ko", "")
    assert reasons(report) == [(1, "isbn_invalid"), (2, "language_unknown")]
    assert figures(imported(path)) == (2, 0, 0, 2, 0)


def test_columns_can_be_named(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("Werk,Von,title\nAm Fluss,Lea Stein,x\n", "utf-8")

    imported(path, map=["title=Werk", "authors=Von"])

    assert (Book.objects.get().title, Book.objects.get().authors) == ("Am Fluss", ["Lea Stein"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "no column"),
        ({"map": ["title=Buch"]}, "no column Buch"),
        ({"map": ["name=Werk"]}, "FIELD=COLUMN"),
        ({"map": ["title=Werk"], "encoding": "klingon"}, "klingon"),
        ({"map": ["title=Werk"], "report": "report.txt"}, "report"),
        ({"map": ["title=Werk"], "copies": -1}, "greater than or equal to 0"),
        ({"format": "marc"}, "could not be taken"),
        ({"format": "marcxml"}, "holds no record"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(tmp_path, options, sentence):
    path = tmp_path / "own.csv"
    path.write_text("Werk,Von\nAm Fluss,Lea Stein\n", "utf-8")
    if "report" in options:
        options["report"] = tmp_path / options["report"]

    with pytest.raises(CommandError, match=sentence):
        call_command("import_books", str(path), stdout=StringIO(), **options)

    assert not Book.objects.exists()


def test_bad_rows_stop_no_others(tmp_path):
    rows = [
        b"title,authors",
        "첫째,가".encode(),
        b"a,b,c,d",
        b"bytes \xff\xfe,x",
        b",no title",
        b"",
        "둘째,나".encode(),
    ]
    path = tmp_path / "rows.csv"
    path.write_bytes(b"\n".join(rows))

    report = imported(path)

    assert figures(report) == (5, 2, 0, 0, 3)
    assert reasons(report) == [(2, "cells_more"), (3, "unreadable"), (4, "no_title")]


def test_a_workbook_is_a_table_whatever_bytes_are_in_it(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04 packed \x1d\x1e")
    assert format_of(path, {}) == "table"
    with translation.override("ko"), pytest.raises(CannotImportError) as refused:
        open_table(path, usable=any)
    assert not re.search("[a-z]", str(refused.value).replace(".xlsx", "")), "no word of a program's inside"

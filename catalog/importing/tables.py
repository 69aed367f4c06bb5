"""CSV files: their encoding, separator and columns are found out, or said by whoever imports them."""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from catalog.importing.isbns import isbn_of
from catalog.importing.records import CannotImportError, Incoming, cleaned, distinct, language_of, unreadable
from catalog.rules import FIRST_YEAR, LAST_YEAR

COLUMNS = {
    "title": "title booktitle name 제목 서명 도서명 책제목 표제 자료명 본표제",
    "authors": "authors author writer creator 저자 저자명 지은이 작가 저작자",
    "publisher": "publisher publishername 출판사 출판사명 발행처 발행자 펴낸곳",
    "published_year": "publishedyear publicationyear originalpublicationyear year pubyear published date "
    "발행년 발행년도 발행연도 출판년 출판년도 출판연도 출간연도 발행일 출판일",
    "isbn": "isbn isbn10 isbn번호 국제표준도서번호",
    "isbn13": "isbn13 ean ean13 isbn13자리",
    "language": "language languagecode lang 언어 언어코드",
    "subjects": "subjects subject keywords categories category genre 주제 주제어 주제명 분류명 키워드",
    "call_number": "callnumber shelfmark 청구기호 분류기호",
    "description": "description summary abstract 설명 소개 내용 책소개 초록",
    "control_number": "controlnumber recordid bookid id 제어번호 레코드번호 서지번호",
}
FIELDS = tuple(COLUMNS)
LONGEST_CELL = 1 << 20
ENCODINGS = ("utf-8-sig", "cp949")
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
HANGUL = re.compile(r"[가-힣]")
ROLE = re.compile(
    r"^(지은이|글쓴이|옮긴이|엮은이|그린이|저자|글|그림|옮김)\s*:\s*|(?<=\S)\s+(지음|옮김|엮음|그림|글|저|역|편|편저|공저)$"
)
YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
NUMBER = re.compile(r"-?\d{1,4}(\.0+)?")


def csv_records(
    path: Path, system: str, encoding: str | None = None, chosen: Mapping[str, str] | None = None
) -> Iterator[Incoming]:
    """The rows as records. `chosen` names the column of a field. Raises `CannotImportError`."""
    csv.field_size_limit(LONGEST_CELL)
    # Bytes that are not of the encoding spoil their own row alone: they come through as lone surrogates.
    with path.open(encoding=encoding or encoding_of(path), errors="surrogateescape", newline="") as file:
        rows = csv.reader(file, delimiter=_delimiter(file))
        header = [cleaned(name) for name in next(rows, [])]
        columns = columns_of(header, chosen or {})
        yield from _records(rows, len(header), columns, system)


def encoding_of(path: Path) -> str:
    """The encoding of the file: as its mark says, else the first of UTF-8 and CP949 that all of it is, else UTF-8."""
    with path.open("rb") as file:
        if mark := BYTE_ORDER_MARKS.get(file.read(2)):
            return mark
    return next((name for name in ENCODINGS if _is_encoded(path, name)), ENCODINGS[0])


def columns_of(header: list[str], chosen: Mapping[str, str]) -> dict[str, int]:
    """Which column holds which field. Raises `CannotImportError` when that is not clear."""
    names = [re.sub(r"[\W_]+", "", name.lower()) for name in header]
    columns: dict[str, int] = {}
    for name, usual in COLUMNS.items():
        found = [names.index(candidate) for candidate in usual.split() if candidate in names]
        columns |= {name: found[0]} if found else {}
    for name, column in chosen.items():
        if column not in header:
            raise CannotImportError(_no_column(column, header))
        columns[name] = header.index(column)
    if "title" not in columns:
        raise CannotImportError(_no_column("title", header))
    return columns


def _no_column(name: str, header: list[str]) -> str:
    return _("The file has no column %(name)s. It has: %(columns)s. Say which is which with --map title=COLUMN.") % {
        "name": name,
        "columns": ", ".join(header),
    }


def _is_encoded(path: Path, encoding: str) -> bool:
    with path.open(encoding=encoding) as file:
        try:
            while file.read(1 << 20):
                pass
        except UnicodeDecodeError:
            return False
    return True


def _delimiter(file: TextIO) -> str:
    """What separates the names in the first line most often."""
    first = file.readline()
    file.seek(0)
    return max(",;\t|", key=first.count)


def _records(rows: Iterator[list[str]], width: int, columns: dict[str, int], system: str) -> Iterator[Incoming]:
    number = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield unreadable(number, error)
            continue
        except UnicodeError as error:
            raise CannotImportError(
                _("The file's text breaks off after record %(number)s: %(why)s") % {"number": number, "why": error}
            ) from error
        if not any(row):
            continue
        number += 1
        if len(row) > width:
            yield unreadable(
                number, _("it has %(cells)s cells, the heading %(names)s") % {"cells": len(row), "names": width}
            )
        elif any("\udc80" <= letter <= "\udcff" for cell in row for letter in cell):
            yield unreadable(number, _("its text is not of the file's encoding"))
        else:
            yield _incoming(number, row, columns, system)


def _incoming(number: int, row: list[str], columns: dict[str, int], system: str) -> Incoming:
    cells = {name: cleaned(row[column]) if column < len(row) else "" for name, column in columns.items()}
    found = Incoming(number, system=system, control_number=cells.get("control_number", "").removesuffix(".0"))
    isbn, why = isbn_of(cells.get("isbn", ""), cells.get("isbn13", ""))
    if why:
        found.notes.append((why, " ".join(filter(None, (cells.get("isbn"), cells.get("isbn13"))))))
    found.fields = {
        **{name: cells.get(name, "") for name in ("title", "publisher", "call_number", "description")},
        "isbn": isbn,
        "authors": distinct(ROLE.sub("", name) for name in separate(cells.get("authors", ""))),
        "published_year": year_of(cells.get("published_year", "")),
        "language": language_of(cells.get("language", ""), found),
        "subjects": distinct(part.strip() for part in re.split(r"[;|]", cells.get("subjects", ""))),
    }
    return found


def separate(names: str) -> list[str]:
    """The names in a cell. A comma parts them where each part looks like a whole name, so `Tolkien, J.R.R.` is one."""
    by_sign = [part.strip() for part in re.split(r"[;|]", names)]
    if len(by_sign) > 1:
        return by_sign
    parts = [part.strip() for part in names.split(",")]
    whole = sum(" " in part or bool(HANGUL.search(part)) for part in parts)
    # Among many, one may go by a single name; of two, that one would be the family name of the other.
    return parts if whole == len(parts) or (len(parts) > 2 and whole * 2 >= len(parts)) else [names]


def year_of(text: str) -> int | None:
    """The year of a number (`1997.0`) or of a date (`2019년 5월`, `2019-05-01`); none that no book can have."""
    found = YEAR.search(text)
    year = int(float(text)) if NUMBER.fullmatch(text) else int(found[1]) if found else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else None

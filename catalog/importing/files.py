"""A file of books, whatever it is: found out from its first bytes, or said by whoever imports it."""

import codecs
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from catalog.importing.marc.iso2709 import marc_records
from catalog.importing.marc.marcxml import marcxml_records
from catalog.importing.reasons import Reason
from catalog.importing.records import LABELS, IncomingBook
from catalog.importing.tables.reading import TablePreview, preview_of_table, table_records
from kernel.importing.kinds import Preview
from kernel.importing.tables.opening import WORKBOOKS, rows_expected

MARC, MARCXML, TABLE = "marc", "marcxml", "table"
SHOWN = 10
HEAD = 4096
END_OF_RECORD = b"\x1d"
SEPARATORS = {MARC: END_OF_RECORD, MARCXML: b"<record"}
SHOWN_FIELDS = (
    "title", "volume", "authors", "publisher", "published_year", "isbn", "language", "class_number", "call_number",
    "series", "subjects", "other_titles",
)  # fmt: skip


def format_of(path: Path, options: Mapping[str, Any]) -> str:
    """The format: as the options say, else by what the file begins with."""
    said = options.get("format") or "auto"
    if said != "auto":
        return said if said in (MARC, MARCXML) else TABLE
    with path.open("rb") as file:
        start = file.read(HEAD)
    if start.startswith(WORKBOOKS):  # its bytes are packed, so that any may be among them
        return TABLE
    head = start.replace(b"\0", b"")
    plain = head.removeprefix(codecs.BOM_UTF8).removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip()
    if plain[:5].isdigit() or END_OF_RECORD in head:
        return MARC
    names = (b"<collection", b":collection", b"<record", b":record", b"MARC21/slim")
    return MARCXML if plain.startswith(b"<") and any(name in plain for name in names) else TABLE


def read(path: Path, options: Mapping[str, Any], start: int) -> Iterator[IncomingBook]:
    """The records behind the first `start`. Raises `CannotImportError`."""
    form, encoding = format_of(path, options), options.get("encoding") or None
    if form == TABLE:
        yield from table_records(path, encoding=encoding, chosen=options.get("map") or {}, start=start)
        return
    records = marc_records if form == MARC else marcxml_records
    with path.open("rb") as file:
        yield from records(file, encoding=encoding, start=start)


def expected(path: Path, options: Mapping[str, Any]) -> int:
    """About how many records there are, for the progress bar. Raises `CannotImportError`."""
    form = format_of(path, options)
    if form == TABLE:
        return rows_expected(path)
    with path.open("rb") as file:
        return sum(chunk.count(SEPARATORS[form]) for chunk in iter(lambda: file.read(1 << 20), b""))


def preview(path: Path, options: Mapping[str, Any]) -> Preview:
    """How the file would be read. Raises `CannotImportError`."""
    form, encoding = format_of(path, options), options.get("encoding") or None
    if form == TABLE:
        return _of_table(preview_of_table(path, encoding=encoding, chosen=options.get("map") or {}))
    books = list(islice(read(path, options, 0), SHOWN))
    taken = sorted({detail for book in books for reason, detail in book.notes if reason == Reason.ENCODING})
    return Preview(
        format=form,
        encoding=encoding or ", ".join(taken) or "UTF-8",
        columns=(),
        shown=[_shown(book) for book in books],
        notes=_notes(books),
    )


def _of_table(table: TablePreview) -> Preview:
    parts = (table.format, repr(table.delimiter) if table.delimiter else "", table.sheet)
    return Preview(
        format=", ".join(filter(None, parts)),
        encoding=table.encoding,
        columns=table.columns,
        shown=[_shown(book) for book in table.books],
        notes=_notes(table.books),
    )


def _shown(book: IncomingBook) -> list[tuple[str, str]]:
    """A record as people read it, with its copies."""
    said = [(name, as_text(book.fields.get(name))) for name in SHOWN_FIELDS]
    barcodes = [copy.barcode for copy in book.copies if copy.barcode]
    copies = ", ".join(barcodes) or (str(len(book.copies)) if book.copies else "")
    return [(str(LABELS[name]), text) for name, text in [*said, ("copies", copies)] if text]


def as_text(value: Any) -> str:
    """A field's value as people read it."""
    return "; ".join(value) if isinstance(value, list) else str(value or "")


def _notes(books: Any) -> list[tuple[str, str]]:
    rejected = [book.rejected for book in books if book.rejected]
    return list(dict.fromkeys([*rejected, *(note for book in books for note in book.notes)]))

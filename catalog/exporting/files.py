"""Whole files of books, piece by piece, in every format."""

import csv
import io
from collections.abc import Callable, Iterator
from functools import reduce
from operator import add
from xml.etree import ElementTree

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast, Length

from catalog.exporting.holdings import holdings_of
from catalog.exporting.marc import KORMARC, MARC21, TooLongForMarc, marc_records, transmitted
from catalog.exporting.tables import heading, rows_of
from catalog.models import Book

FORMATS = {
    "kormarc": ".mrc",
    "marc21": ".mrc",
    "marcxml": ".xml",
    "kormarcxml": ".xml",
    "csv": ".csv",
}
"""The formats, each with the ending of its files."""
MARK = "\ufeff"
LONG = 4_000
"""No book with fewer letters is too long for a record, whatever its letters are."""
NAMESPACE = "http://www.loc.gov/MARC21/slim"
Refusal = Callable[[TooLongForMarc], object]
Progress = Callable[[int], object]


def written(
    books: QuerySet[Book], form: str, *, language: str = "ko", refuse: Refusal, progress: Progress = bool
) -> Iterator[bytes]:
    """The file of the books that are not withdrawn, with their copies, in the order of their ids.

    `refuse` is called with the refusal of each book that the format can't take; the others are written all the same.
    `progress` is called for each book.
    """
    pieces = {"csv": _table, "marcxml": _xml, "kormarcxml": _xml}.get(form, _transmitted)
    yield from pieces(books, form, language, refuse, progress)


def too_long(books: QuerySet[Book], form: str) -> Iterator[TooLongForMarc]:
    """The refusals of those books that the format can't take."""
    if FORMATS[form] != ".mrc":
        return
    texts = ("title", "description", "authors", "subjects", "other_titles", "publisher")
    size = reduce(add, (Length(Cast(name, TextField())) for name in texts))
    for holding in holdings_of(books.annotate(size=size).filter(size__gt=LONG)):
        try:
            transmitted(holding, form)
        except TooLongForMarc as refusal:
            yield refusal


def _transmitted(
    books: QuerySet[Book], form: str, language: str, refuse: Refusal, progress: Progress
) -> Iterator[bytes]:
    for holding in holdings_of(books):
        try:
            yield transmitted(holding, form)
        except TooLongForMarc as refusal:
            refuse(refusal)
        progress(1)


def _xml(books: QuerySet[Book], form: str, language: str, refuse: Refusal, progress: Progress) -> Iterator[bytes]:
    flavour = KORMARC if form == "kormarcxml" else MARC21
    from pymarc import record_to_xml_node  # noqa: PLC0415  (large, and seldom needed: decision 36)

    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}">\n'.encode()
    for holding in holdings_of(books):
        for record in marc_records(holding, flavour):
            yield ElementTree.tostring(record_to_xml_node(record), encoding="utf-8") + b"\n"
        progress(1)
    yield b"</collection>\n"


def _table(books: QuerySet[Book], form: str, language: str, refuse: Refusal, progress: Progress) -> Iterator[bytes]:
    """UTF-8 with a mark, by which spreadsheets know it."""
    buffer = io.StringIO()
    table = csv.writer(buffer, lineterminator="\r\n")
    classed = books.filter(withdrawn_at=None).exclude(class_number="").order_by()
    schemes = set(classed.values_list("class_scheme", flat=True).distinct())
    table.writerow(heading(language, schemes))
    buffer.seek(0)
    buffer.write(MARK + buffer.getvalue())
    for holding in holdings_of(books):
        table.writerows(rows_of(holding))
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
        progress(1)
    yield buffer.getvalue().encode()

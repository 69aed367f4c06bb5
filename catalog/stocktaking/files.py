"""A file of barcodes: a table with a heading, or the list that a hand-held scanner gives, with times or without."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.stocktaking.reasons import Reason
from kernel.importing.kinds import Preview
from kernel.importing.records import Incoming, cleaned
from kernel.importing.tables.columns import columns_of, has_column
from kernel.importing.tables.opening import open_table, rows_expected
from kernel.importing.tables.rows import Row, Table
from kernel.importing.tables.totals import without_totals
from kernel.labels.reading import barcode_of
from kernel.values.dates import read_date

REQUIRED = "barcode"
HEADINGS = {REQUIRED: "등록번호 barcode itembarcode copybarcode 바코드"}
LABELS = {REQUIRED: _("barcode")}
SHOWN = 10
TIME = re.compile(r"\d{1,2}:\d\d(:\d\d)?")


@dataclass(kw_only=True)
class IncomingBarcode(Incoming):
    """One number that was read."""

    barcode: str = ""

    @property
    def label(self) -> str:
        """The number."""
        return self.barcode


def read(path: Path, options: Mapping[str, Any], start: int) -> Iterator[IncomingBarcode]:
    """The numbers behind the first `start`. Raises `CannotImportError`."""
    table, place = _opened(path, options)
    return (_barcode(row, place) for row in islice(table.rows, start, None))


def expected(path: Path, options: Mapping[str, Any]) -> int:
    """About how many numbers there are, for the progress bar. Raises `CannotImportError`."""
    return rows_expected(path)


def preview(path: Path, options: Mapping[str, Any]) -> Preview:
    """How the file would be read. Raises `CannotImportError`."""
    table, place = _opened(path, options)
    found = [_barcode(row, place) for row in islice(table.rows, SHOWN)]
    return Preview(
        format=", ".join(filter(None, (table.format, table.sheet))),
        encoding=table.encoding,
        columns=[(heading, REQUIRED if number == place else "") for number, heading in enumerate(table.header)],
        shown=[[(str(LABELS[REQUIRED]), one.barcode)] for one in found if one.barcode],
        notes=list(dict.fromkeys(one.rejected for one in found if one.rejected)),
    )


def _opened(path: Path, options: Mapping[str, Any]) -> tuple[Table, int]:
    """The table, and which of its columns has the barcodes. A number where the heading would be is a row itself."""
    chosen, encoding = options.get("map") or {}, options.get("encoding") or None
    table = open_table(path, usable=lambda header: has_column(header, HEADINGS, chosen, REQUIRED), encoding=encoding)
    has_heading = has_column(table.header, HEADINGS, chosen, REQUIRED)
    if has_heading or any(chosen.values()) or not any(map(_is_number, table.header)):
        columns = columns_of(table.header, HEADINGS, chosen, REQUIRED)
        return without_totals(table, columns), columns[REQUIRED]
    rows = chain([Row(1, table.header)], (row._replace(number=row.number + 1, in_file=None) for row in table.rows))
    first = list(islice(rows, SHOWN))
    return replace(table, rows=chain(first, rows)), _place_in([row.cells for row in first if not row.fault])


def _place_in(rows: Sequence[Sequence[str]]) -> int:
    """Where the numbers are that tell copies apart, of several such columns the first: rather than what all rows have,
    days and times, or a count of the rows."""
    columns = [[row[place] for row in rows if place < len(row)] for place in range(len(rows[0]))]
    return max(range(len(columns)), key=lambda place: _likelihood(columns[place]))


def _likelihood(cells: Sequence[str]) -> tuple[bool, ...]:
    differ = len(cells) == 1 or len(set(cells)) > 1
    return any(map(_is_number, cells)), not all(map(_is_moment, cells)), differ, not _is_count(cells)


def _is_count(cells: Sequence[str]) -> bool:
    first = int(cells[0]) if cells[0].isascii() and cells[0].isdecimal() else None
    return first in {0, 1} and cells == [f"{first + place:0{len(cells[0])}}" for place in range(len(cells))]


def _is_moment(cell: str) -> bool:
    try:
        return TIME.fullmatch(cell) is not None or bool(read_date(cell))
    except ValueError:
        return False


def _is_number(cell: str) -> bool:
    return any(letter.isdecimal() for letter in cell)


def _barcode(row: Row, place: int) -> IncomingBarcode:
    found = IncomingBarcode(number=row.number, row=row.in_file, rejected=row.fault)
    if row.fault:
        return found
    cell = cleaned(row.cells[place]) if place < len(row.cells) else ""
    try:
        found.barcode = barcode_of(cell)
    except ValueError:
        found.rejected = Reason.NO_BARCODE, cell
    return found

"""Reading a table of books, and showing how it would be read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from catalog.importing.records import IncomingBook
from catalog.importing.tables.headings import FIELDS, HEADINGS
from catalog.importing.tables.rows import book_of, scheme_of
from kernel.importing.tables.columns import columns_of, has_column
from kernel.importing.tables.opening import open_table
from kernel.importing.tables.rows import Table
from kernel.importing.tables.totals import without_totals

SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class TablePreview:
    """How a table is understood: each heading with the field that it is taken for (empty: not used), and the first
    titles as they would come in. `encoding`, `delimiter` and `sheet` are empty where the format has none."""

    format: str
    encoding: str
    delimiter: str
    sheet: str
    columns: Sequence[tuple[str, str]]
    books: Sequence[IncomingBook]


def table_records(
    path: Path,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    chosen: Mapping[str, str] | None = None,
    start: int = 0,
) -> Iterator[IncomingBook]:
    """The rows behind the first `start` as titles with their copies. `chosen` names the heading of a field (`FIELDS`),
    an empty one for a field that no column is taken for.

    A row that can't be taken comes as a rejected record. Rows of one title are not joined here. Raises
    `CannotImportError`.
    """
    table, columns = _opened(path, encoding, sheet, chosen or {})
    scheme = _scheme(table, columns)
    return (book_of(row, columns, scheme) for row in islice(table.rows, start, None))


def preview_of_table(
    path: Path, *, encoding: str | None = None, sheet: str | None = None, chosen: Mapping[str, str] | None = None
) -> TablePreview:
    """How the table would be read. Raises `CannotImportError`."""
    table, columns = _opened(path, encoding, sheet, chosen or {})
    fields = {place: name for name, place in columns.items()}
    scheme = _scheme(table, columns)
    return TablePreview(
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheet=table.sheet,
        columns=[(heading, fields.get(place, "")) for place, heading in enumerate(table.header)],
        books=[book_of(row, columns, scheme) for row in islice(table.rows, SHOWN)],
    )


def _opened(
    path: Path, encoding: str | None, sheet: str | None, chosen: Mapping[str, str]
) -> tuple[Table, dict[str, int]]:
    table = open_table(
        path, usable=lambda header: has_column(header, HEADINGS, chosen, "title"), encoding=encoding, sheet=sheet
    )
    columns = columns_of(table.header, HEADINGS, chosen, "title")
    columns = {name: columns[name] for name in FIELDS if name in columns}
    return without_totals(table, columns, sums=("price", "copies")), columns


def _scheme(table: Table, columns: Mapping[str, int]) -> str:
    """Which classification the class numbers are of, as far as their heading says it."""
    return scheme_of(table.header[columns["class_number"]]) if "class_number" in columns else ""

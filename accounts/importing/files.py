"""A file of patrons: a table with a heading, whatever program wrote it."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from accounts.importing.categories import leave_out_unknown
from accounts.importing.headings import HEADINGS, LABELS
from accounts.importing.records import IncomingPatron
from accounts.importing.rows import is_hashed, patron_of
from kernel.importing.kinds import Preview
from kernel.importing.records import CannotImportError
from kernel.importing.tables.columns import columns_of, has_column
from kernel.importing.tables.opening import open_table, rows_expected
from kernel.importing.tables.rows import Table
from kernel.importing.tables.totals import without_totals

SHOWN = 10
REQUIRED = "card_number"


def read(path: Path, options: Mapping[str, Any], start: int) -> Iterator[IncomingPatron]:
    """The records behind the first `start`. Raises `CannotImportError`."""
    table, columns = _opened(path, options)
    return (patron_of(row, columns) for row in islice(table.rows, start, None))


def expected(path: Path, options: Mapping[str, Any]) -> int:
    """About how many records there are, for the progress bar. Raises `CannotImportError`."""
    return max(0, rows_expected(path) - 1)


def preview(path: Path, options: Mapping[str, Any]) -> Preview:
    """How the file would be read. Raises `CannotImportError`."""
    table, columns = _opened(path, options)
    fields = {place: name for name, place in columns.items()}
    people = [patron_of(row, columns) for row in islice(table.rows, SHOWN)]
    if not options.get("new_categories"):
        leave_out_unknown(people)
    parts = (table.format, repr(table.delimiter) if table.delimiter else "", table.sheet)
    rejected = [person.rejected for person in people if person.rejected]
    return Preview(
        format=", ".join(filter(None, parts)),
        encoding=table.encoding,
        columns=[(heading, fields.get(place, "")) for place, heading in enumerate(table.header)],
        shown=[shown(person) for person in people],
        notes=list(dict.fromkeys([*rejected, *(note for person in people for note in person.notes)])),
    )


def shown(person: IncomingPatron) -> list[tuple[str, str]]:
    """A record as people read it."""
    said = {"card_number": person.card_number, "name": person.name, **person.fields, "category": person.category}
    return [(str(LABELS[name]), str(said[name])) for name in LABELS if said.get(name)]


def _opened(path: Path, options: Mapping[str, Any]) -> tuple[Table, dict[str, int]]:
    """The table and its columns. A password that is plain text makes the whole file refused, before anything of it is
    taken in."""
    table, columns = _table(path, options)
    if "password" in columns:
        _refuse_passwords(table, columns["password"])
        table, columns = _table(path, options)  # its rows are read once
    return table, columns


def _table(path: Path, options: Mapping[str, Any]) -> tuple[Table, dict[str, int]]:
    chosen, encoding = options.get("map") or {}, options.get("encoding") or None
    table = open_table(path, usable=lambda header: has_column(header, HEADINGS, chosen, REQUIRED), encoding=encoding)
    columns = columns_of(table.header, HEADINGS, chosen, REQUIRED)
    return without_totals(table, columns), columns


def _refuse_passwords(table: Table, place: int) -> None:
    for row in table.rows:
        password = row.cells[place].strip() if place < len(row.cells) else ""
        if password and not is_hashed(password):
            sentence = _(
                "Row %(row)s has a password that is not hashed as here. Delete the column “%(column)s” and save the "
                "file again: everybody chooses a password by a link, once, or gets one at the desk."
            )
            raise CannotImportError(sentence % {"row": row.in_file or row.number, "column": table.header[place]})

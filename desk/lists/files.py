"""A list as a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from kernel.importing.tables.formulas import escaped

MARK = "\ufeff"
"""By which a spreadsheet knows the encoding."""


def lines_of(columns: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The heading and the rows."""
    yield MARK + _line(columns)
    for row in rows:
        yield _line(escaped(str(cell)) for cell in row)


def _line(cells: Iterable[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()

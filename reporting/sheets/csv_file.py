"""Tables as CSV that Korean Excel opens: UTF-8 with a mark."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kernel.importing.tables.formulas import escaped
from reporting.reading.tables import Table

MARK = "\ufeff"


def csv_of(title: str, tables: Sequence[Table]) -> bytes:
    """One table below the other, each under its title; numbers without separators."""
    buffer = io.StringIO(MARK)
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([title])
    for table in tables:
        writer.writerow([])
        writer.writerows(_rows(table))
    return buffer.getvalue().encode()


def _rows(table: Table) -> Iterable[Sequence[str | int]]:
    yield [escaped(str(table.title))]
    yield [capfirst(escaped(str(words))) for words in (table.corner, *table.columns)]
    for line in table.lines:
        yield [escaped(str(line.label)), *(cell.number for cell in line.cells)]
    yield [_("Sum"), *table.total]

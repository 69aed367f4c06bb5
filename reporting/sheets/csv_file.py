"""Tables as CSV, one below the other."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kernel.spreadsheets.csv_lines import csv_lines
from reporting.reading.tables import Table


def csv_of(title: str, tables: Sequence[Table]) -> bytes:
    """Each table under its title; numbers without separators."""
    return "".join(csv_lines([[title], *(row for table in tables for row in _rows(table))])).encode()


def _rows(table: Table) -> Iterable[Sequence[str | int | Decimal]]:
    yield []
    yield [str(table.title)]
    yield [capfirst(str(words)) for words in (table.corner, *table.columns)]
    for line in table.lines:
        yield [str(line.label), *(cell.number for cell in line.cells)]
    if table.is_summed:
        yield [_("Sum"), *table.total]

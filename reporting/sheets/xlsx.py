"""Tables as a workbook, a sheet for each."""

from collections.abc import Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kernel.spreadsheets.workbook import Sheet, workbook_of
from reporting.reading.tables import Table


def xlsx_of(title: str, tables: Sequence[Table]) -> bytes:
    """The workbook."""
    return workbook_of(_sheet(f"{number} {table.title}", title, table) for number, table in enumerate(tables, 1))


def _sheet(name: str, title: str, table: Table) -> Sheet:
    return Sheet(
        name=name,
        title=f"{title}: {table.title}",
        headings=[capfirst(str(words)) for words in (table.corner, *table.columns)],
        rows=[[str(line.label), *(cell.number for cell in line.cells)] for line in table.lines],
        sums=[_("Sum"), *table.total] if table.is_summed else [],
    )

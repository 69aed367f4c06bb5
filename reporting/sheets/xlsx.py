"""Tables as a workbook, a sheet for each."""

import io
from collections.abc import Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from reporting.reading.tables import Table

LONGEST_NAME = 31
REFUSED = str.maketrans("", "", "[]:*?/\\'")
"""What the name of a sheet may not have."""


def xlsx_of(title: str, tables: Sequence[Table]) -> bytes:
    """The workbook. Words are written as words: one that begins with `=` is no formula."""
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        formats = {
            "title": book.add_format({"bold": True, "font_size": 13}),
            "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "number": book.add_format({"num_format": "#,##0"}),
            "sum": book.add_format({"num_format": "#,##0", "bold": True, "top": 1}),
        }
        for number, table in enumerate(tables, 1):
            name = f"{number} {table.title}".translate(REFUSED)[:LONGEST_NAME]
            _write(book.add_worksheet(name), title, table, formats)
    return buffer.getvalue()


def _write(sheet: Any, title: str, table: Table, formats: dict[str, Any]) -> None:
    sheet.write_string(0, 0, f"{title}: {table.title}", formats["title"])
    for column, words in enumerate((table.corner, *table.columns)):
        sheet.write_string(2, column, capfirst(str(words)), formats["heading"])
    for row, line in enumerate(table.lines, 3):
        sheet.write_string(row, 0, str(line.label))
        for column, cell in enumerate(line.cells, 1):
            sheet.write_number(row, column, cell.number, formats["number"])
    last = 3 + len(table.lines)
    sheet.write_string(last, 0, _("Sum"), formats["sum"])
    for column, number in enumerate(table.total, 1):
        sheet.write_number(last, column, number, formats["sum"])
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, max(len(table.columns), 1), 14)
    sheet.freeze_panes(3, 1)

"""Tables as a workbook (XLSX), a sheet for each."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kernel.spreadsheets.csv_lines import local

LONGEST_NAME, LONGEST_TEXT = 31, 32_767
REFUSED = str.maketrans("", "", "[]:*?/\\'")
"""What the name of a sheet may not have."""
FIRST_WIDTH, WIDTH = 24, 16
FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 13},
    "heading": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "number": {"num_format": "#,##0"},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm"},
    "sum": {"num_format": "#,##0", "bold": True, "top": 1},
}
NUMBERS = ("number", "sum")
DECIMALS = range(1, 5)
"""Places behind the point that amounts of money may have; each has formats of its own."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table: its name, the line above it where it has one, its headings, its rows, and their sums."""

    name: str
    title: str = ""
    headings: Sequence[str]
    rows: Iterable[Iterable[Any]]
    sums: Sequence[Any] = ()


def workbook_of(sheets: Iterable[Sheet]) -> bytes:
    """The workbook. Text is written as text: what begins with `=` is no formula, and what looks like a number keeps its
    zeros."""
    from xlsxwriter import Workbook  # noqa: PLC0415  (large, and seldom needed: decision 36)

    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        looks = {**FORMATS, **{_named(name, n): _with_decimals(FORMATS[name], n) for name in NUMBERS for n in DECIMALS}}
        formats = {name: book.add_format(look) for name, look in looks.items()}
        for sheet in sheets:
            name = sheet.name.translate(REFUSED)[:LONGEST_NAME]
            _write(book.add_worksheet(name), sheet, formats)
    return buffer.getvalue()


def _write(paper: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    row = 0
    if sheet.title:
        paper.write_string(0, 0, sheet.title, formats["title"])
        row = 2
    for column, words in enumerate(sheet.headings):
        paper.write_string(row, column, words, formats["heading"])
    paper.freeze_panes(row + 1, 1)
    for cells in sheet.rows:
        row += 1
        for column, value in enumerate(cells):
            _write_cell(paper, row, column, value, formats)
    for column, value in enumerate(sheet.sums):
        paper.write(row + 1, column, value, formats[_format_of(value, "sum")])
    paper.set_column(0, 0, FIRST_WIDTH)
    paper.set_column(1, max(len(sheet.headings) - 1, 1), WIDTH)


def _write_cell(paper: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if isinstance(value, datetime):
        paper.write_datetime(row, column, local(value), formats["moment"])
    elif isinstance(value, date):
        paper.write_datetime(row, column, value, formats["day"])
    elif isinstance(value, int | float | Decimal):
        paper.write_number(row, column, value, formats[_format_of(value, "number")])
    else:
        paper.write_string(row, column, str(value)[:LONGEST_TEXT])


def _format_of(value: Any, name: str) -> str:
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return _named(name, -exponent) if isinstance(exponent, int) and -exponent in DECIMALS else name


def _named(name: str, decimals: int) -> str:
    return f"{name} with {decimals}"


def _with_decimals(look: dict[str, Any], decimals: int) -> dict[str, Any]:
    return {**look, "num_format": f"#,##0.{'0' * decimals}"}

"""A list as a file to take along: one way for all lists of the staff side."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.text import capfirst

from kernel.spreadsheets.csv_lines import csv_lines
from kernel.spreadsheets.workbook import Sheet, workbook_of

FORMATS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
"""The endings of such files, each with its content type."""


def list_file(kind: str, name: str, headings: Iterable[Any], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """The list as a file of that kind, one of `FORMATS`; the same headings and cells in each."""
    words = [capfirst(str(heading)) for heading in headings]
    if kind == "csv":
        return attached("".join(csv_lines([words, *rows])), f"{name}.csv", FORMATS[kind])
    return attached(workbook_of([Sheet(name=name, headings=words, rows=rows)]), f"{name}.xlsx", FORMATS[kind])


def attached(content: str | bytes, file_name: str, content_type: str) -> HttpResponse:
    """An answer that a browser keeps as a file."""
    answer = HttpResponse(content, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer

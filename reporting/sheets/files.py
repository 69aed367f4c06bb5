"""Tables as a file in one of the formats."""

from collections.abc import Callable, Mapping, Sequence

from django.http import HttpResponse

from kernel.spreadsheets import files
from reporting.reading.tables import Table
from reporting.sheets.csv_file import csv_of
from reporting.sheets.pdf import pdf_of
from reporting.sheets.xlsx import xlsx_of

FORMATS: Mapping[str, tuple[str, Callable[[str, Sequence[Table]], bytes]]] = {
    "xlsx": (files.FORMATS["xlsx"], xlsx_of),
    "csv": (files.FORMATS["csv"], csv_of),
    "pdf": ("application/pdf", pdf_of),
}


def file_of(kind: str, title: str, name: str, tables: Sequence[Table]) -> HttpResponse:
    """The tables as a file to take along."""
    content_type, written = FORMATS[kind]
    return files.attached(written(title, tables), f"{name}.{kind}", content_type)

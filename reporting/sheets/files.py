"""Tables as a file in one of the formats."""

from collections.abc import Callable, Mapping, Sequence

from django.http import HttpResponse

from reporting.reading.tables import Table
from reporting.sheets.csv_file import csv_of
from reporting.sheets.pdf import pdf_of
from reporting.sheets.xlsx import xlsx_of

FORMATS: Mapping[str, tuple[str, Callable[[str, Sequence[Table]], bytes]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_of),
    "csv": ("text/csv; charset=utf-8", csv_of),
    "pdf": ("application/pdf", pdf_of),
}


def file_of(kind: str, title: str, name: str, tables: Sequence[Table]) -> HttpResponse:
    """The tables as a file to take along."""
    content_type, written = FORMATS[kind]
    answer = HttpResponse(written(title, tables), content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer

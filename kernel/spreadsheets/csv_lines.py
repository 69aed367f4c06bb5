"""Rows as CSV that every spreadsheet opens, Korean Excel among them: UTF-8 with a mark."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from kernel.spreadsheets.formulas import escaped

MARK = "\ufeff"
"""By which a spreadsheet knows the encoding."""


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The rows, a line each. Numbers and days are written as programs read them, moments in local time, and no text is
    taken for a formula."""
    buffer = io.StringIO(MARK)
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return local(value).isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | float | Decimal) else escaped(str(value))


def local(moment: datetime) -> datetime:
    """A moment in the library's own time, without a zone, which spreadsheets don't know."""
    return timezone.make_naive(moment) if timezone.is_aware(moment) else moment

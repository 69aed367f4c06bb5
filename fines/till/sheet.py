"""A till as a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from fines.models import Till
from fines.till.queries import movements_of_till
from kernel.importing.tables.formulas import escaped
from kernel.money import typed

MARK = "\ufeff"
"""By which a spreadsheet knows the encoding."""


def sheet_of(tills: Iterable[Till]) -> Iterator[str]:
    """The lines of the table: each movement of these tills, in its order; amounts are below zero where money went
    out."""
    heading = (_("day"), _("cashier"), _("no."), _("at"), _("kind"), _("method"), _("amount"), _("patron"), _("reason"))
    yield MARK + _line(heading)
    for till in tills:
        for entry in movements_of_till(till.pk):
            at = timezone.localtime(entry.at).strftime("%H:%M:%S")
            how = (entry.get_kind_display(), entry.get_method_display(), typed(-entry.amount))
            who = (escaped(str(entry.patron or "")), escaped(entry.reason))
            yield _line((till.day, escaped(str(till.cashier)), entry.pk, at, *how, *who))


def _line(cells: Iterable[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()

"""A file of open loans: a table with a heading, a line for each copy that is out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.importing.kinds import Preview
from kernel.importing.records import Incoming, cleaned
from kernel.importing.tables.columns import columns_of, has_column
from kernel.importing.tables.opening import open_table, rows_expected
from kernel.importing.tables.rows import Row, Table
from kernel.importing.tables.totals import without_totals
from kernel.labels.reading import barcode_of, card_number_of
from kernel.values.amounts import read_amount
from kernel.values.currencies import MOST_MONEY
from kernel.values.dates import read_date
from lending.importing.reasons import Reason

HEADINGS = {
    "card_number": "대출자번호 이용자번호 회원번호 회원증번호 대출증번호 cardnumber patronnumber borrowernumber",
    "barcode": "등록번호 barcode itembarcode copybarcode",
    "borrowed_on": "대출일 대출일자 borrowedon loandate issuedate checkoutdate",
    "due_on": "반납예정일 반납예정일자 반납기한 dueon duedate",
    "suspended_until": "대출정지일 대출정지만료일 정지만료일 suspendeduntil",
    "owed": "연체료 미납연체료 미납금 owed unpaidfee",
}
LABELS = {
    "card_number": _("card number"),
    "barcode": _("barcode"),
    "borrowed_on": _("lent on"),
    "due_on": _("due on"),
    "suspended_until": _("suspended until"),
    "owed": _("owed"),
}
REQUIRED = "card_number"
SHOWN = 10


@dataclass(kw_only=True)
class IncomingLoan(Incoming):
    """One copy that is out, or with no barcode what else is known of a patron."""

    card_number: str = ""
    barcode: str = ""
    borrowed_on: date | None = None
    due_on: date | None = None
    suspended_until: date | None = None
    owed: int = 0

    @property
    def label(self) -> str:
        """The card and the copy."""
        return f"{self.card_number} {self.barcode}".strip()


def read(path: Path, options: Mapping[str, Any], start: int) -> Iterator[IncomingLoan]:
    """The records behind the first `start`. Raises `CannotImportError`."""
    table, columns = _opened(path, options)
    return (loan_of(row, columns) for row in islice(table.rows, start, None))


def expected(path: Path, options: Mapping[str, Any]) -> int:
    """About how many records there are, for the progress bar. Raises `CannotImportError`."""
    return max(0, rows_expected(path) - 1)


def preview(path: Path, options: Mapping[str, Any]) -> Preview:
    """How the file would be read. Raises `CannotImportError`."""
    table, columns = _opened(path, options)
    fields = {place: name for name, place in columns.items()}
    loans = [loan_of(row, columns) for row in islice(table.rows, SHOWN)]
    return Preview(
        format=", ".join(filter(None, (table.format, table.sheet))),
        encoding=table.encoding,
        columns=[(heading, fields.get(place, "")) for place, heading in enumerate(table.header)],
        shown=[[(str(LABELS[name]), str(said)) for name in LABELS if (said := getattr(loan, name))] for loan in loans],
        notes=list(dict.fromkeys(note for loan in loans for note in (loan.rejected, *loan.notes) if note)),
    )


def loan_of(row: Row, columns: Mapping[str, int]) -> IncomingLoan:
    """The loan that a row is about."""
    loan = IncomingLoan(number=row.number, row=row.in_file, rejected=row.fault)
    if row.fault:
        return loan
    cells = {name: cleaned(row.cells[place]) for name, place in columns.items() if place < len(row.cells)}
    unread = []
    for name, read in READ.items():
        if cell := cells.get(name, ""):
            try:
                setattr(loan, name, read(cell))
            except ValueError:
                unread.append(name)
    if "barcode" in unread:
        loan.rejected = Reason.NO_COPY, cells["barcode"]
    elif loan.barcode and loan.due_on is None:
        loan.rejected = Reason.NO_DUE_DATE, cells.get("due_on", "")
    for name in unread:
        if name != "card_number":  # that it is nobody's is said
            loan.note(Reason.CELL_UNREADABLE, f"{LABELS[name]}: {cells[name]}")
    return loan


def _opened(path: Path, options: Mapping[str, Any]) -> tuple[Table, dict[str, int]]:
    chosen, encoding = options.get("map") or {}, options.get("encoding") or None
    table = open_table(path, usable=lambda header: has_column(header, HEADINGS, chosen, REQUIRED), encoding=encoding)
    columns = columns_of(table.header, HEADINGS, chosen, REQUIRED)
    return without_totals(table, columns, sums=("owed",)), columns


def _owed(cell: str) -> int:
    """What is owed. Raises `ValueError`, also for more than a fine may be of."""
    amount = read_amount(cell) or 0
    if amount > MOST_MONEY:
        raise ValueError(amount)
    return amount


_day = partial(read_date, excel_serial=True)
READ: Mapping[str, Callable[[str], Any]] = {
    "card_number": card_number_of,
    "barcode": barcode_of,
    "borrowed_on": _day,
    "due_on": _day,
    "suspended_until": _day,
    "owed": _owed,
}

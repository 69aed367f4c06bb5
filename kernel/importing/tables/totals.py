"""Rows that sum up the others: they stand under a list, and are no record."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from kernel.importing.tables.columns import plain
from kernel.importing.tables.rows import Row, Table

TOTAL_ROW = "total_row"
WORDS = frozenset({"계", "합계", "총계", "총합계", "소계", "누계", "total", "totals", "subtotal", "grandtotal", "sum"})
SUM = re.compile(r"[₩$]?\s*[\d,.]+\s*(?:[가-힣]{1,2})?")
"""A number, perhaps with what is counted: `1,500,000원`."""


def without_totals(table: Table, columns: Mapping[str, int], sums: Collection[str] = ()) -> Table:
    """The table with each total row as one that can't be taken. `columns` are those of known fields, `sums` the fields
    that a total row may have a number for."""
    naming = {place for name, place in columns.items() if name not in sums}
    return replace(table, rows=_named(table.rows, naming))


def _named(rows: Iterator[Row], naming: Collection[int]) -> Iterator[Row]:
    for row in rows:
        yield _total(row) if _sums_up(row, naming) else row


def _total(row: Row) -> Row:
    return row._replace(cells=[], fault=(TOTAL_ROW, " ".join(filter(None, row.cells))))


def _sums_up(row: Row, naming: Collection[int]) -> bool:
    """Whether its first filled cell is a word for a total and all others are sums, none of them where a record has its
    own: a book called 합계 has an author or a number."""
    if row.fault or not _may_sum_up(row.cells):
        return False
    (_place, _word), *rest = [(place, cell.strip()) for place, cell in enumerate(row.cells) if cell.strip()]
    return bool(rest) and all(place not in naming and SUM.fullmatch(cell) for place, cell in rest)


def _may_sum_up(cells: Sequence[str]) -> bool:
    first = next(filter(str.strip, cells), "")
    return len(first) <= 20 and plain(first) in WORDS

"""A table of statistics, whatever becomes of it: a page, a chart, a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Words = str | Promise


@dataclass(frozen=True)
class Cell:
    """A number, and the address of the list behind it where there is one."""

    number: int | Decimal
    address: str = ""

    def __str__(self) -> str:
        return f"{self.number:,}"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row: its label, in few letters for a chart, and its numbers."""

    label: Words
    cells: Sequence[Cell]
    shortly: str = ""

    @property
    def short(self) -> str:
        """What stands below its bars."""
        return self.shortly or str(self.label)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of numbers under headings, with their sums unless these say nothing."""

    name: str
    title: Words
    corner: Words
    columns: Sequence[Words]
    lines: Sequence[Line]
    is_summed: bool = True

    @property
    def total(self) -> list[int | Decimal]:
        """The sums of the columns; none where they say nothing."""
        if not self.is_summed:
            return []
        return [sum(line.cells[place].number for line in self.lines) for place in range(len(self.columns))]

    @property
    def sums(self) -> list[Cell]:
        """The same as they are shown."""
        return [Cell(number) for number in self.total]

    def summed_across(self) -> "Table":
        """The sum of each line, as a table of one column."""
        lines = [replace(line, cells=[Cell(sum(cell.number for cell in line.cells))]) for line in self.lines]
        return replace(self, columns=[_("Sum")], lines=lines)


def table_of(
    name: str,
    title: Words,
    corner: Words,
    columns: Mapping[str, Words],
    lines: Mapping[str, Words],
    number: Callable[[str, str], int | Decimal],
    *,
    address: Callable[[str, str], str] = lambda line, column: "",
    with_empty: bool = True,
    is_summed: bool = True,
    short: Callable[[str], str] = lambda line: "",
) -> Table:
    """A table of what `number` says of each line and column; lines of nothing may be left out."""
    rows = []
    for line, label in lines.items():
        numbers = {column: number(line, column) for column in columns}
        cells = [Cell(found, address(line, column) if found else "") for column, found in numbers.items()]
        if with_empty or any(cell.number for cell in cells):
            rows.append(Line(label=label, cells=cells, shortly=short(line)))
    return Table(name=name, title=title, corner=corner, columns=[*columns.values()], lines=rows, is_summed=is_summed)

"""A table of statistics, whatever becomes of it: a page, a chart, a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class Cell:
    """A number, and the address of the list behind it where there is one."""

    number: int
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row: its label and its numbers."""

    label: Words
    cells: Sequence[Cell]


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
    def total(self) -> list[int]:
        """The sums of the columns; none where they say nothing."""
        if not self.is_summed:
            return []
        return [sum(line.cells[place].number for line in self.lines) for place in range(len(self.columns))]


def table_of(
    name: str,
    title: Words,
    corner: Words,
    columns: Mapping[str, Words],
    lines: Mapping[str, Words],
    number: Callable[[str, str], int],
    *,
    address: Callable[[str, str], str] = lambda line, column: "",
    with_empty: bool = True,
    is_summed: bool = True,
) -> Table:
    """A table of what `number` says of each line and column; lines of nothing may be left out."""
    rows = []
    for line, label in lines.items():
        numbers = {column: number(line, column) for column in columns}
        cells = [Cell(found, address(line, column) if found else "") for column, found in numbers.items()]
        if with_empty or any(cell.number for cell in cells):
            rows.append(Line(label=label, cells=cells))
    return Table(name=name, title=title, corner=corner, columns=[*columns.values()], lines=rows, is_summed=is_summed)

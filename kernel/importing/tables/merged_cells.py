"""Cells of a workbook that were merged with those below them."""

from collections import defaultdict

from python_calamine import CalamineSheet

from kernel.importing.tables.rows import Usable, heading_of


class MergedCells:
    """What stands in cells that were merged downwards: a file has it in the uppermost one only."""

    def __init__(self, sheet: CalamineSheet) -> None:
        left = (sheet.start or (0, 0))[1]  # rows begin with the first column that has anything
        self._begin = defaultdict[int, list[tuple[int, int]]](list)
        """For the row in which it begins, the column of each such cell and the last of its rows."""
        for (top, column), (bottom, _right) in sheet.merged_cell_ranges or ():
            if bottom > top and column >= left:
                self._begin[top].append((column - left, bottom))
        self._open: dict[int, tuple[str, int]] = {}

    def fill(self, number: int, cells: list[str], usable: Usable) -> None:
        """Fills the cells of the next row in where it has any of its own; those of a heading are not carried on."""
        self._open = {column: one for column, one in self._open.items() if number <= one[1]}
        if any(cells):
            for column, (text, _bottom) in self._open.items():
                cells[column] = cells[column] or text
        begin = self._begin.get(number, ())
        if begin and not usable(heading_of(cells)):
            self._open |= {column: (cells[column], bottom) for column, bottom in begin if column < len(cells)}

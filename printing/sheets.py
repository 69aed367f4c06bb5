"""Sheets of labels: where each label is, in millimetres."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Labels in columns and rows, all of one size. `left` and `top` are the first label's own distances from the edges,
    `gap_x` and `gap_y` what is between two labels."""

    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    gap_x: float = 0
    gap_y: float = 0
    page_width: float = 210
    page_height: float = 297

    @property
    def places(self) -> int:
        """How many labels there are on a sheet."""
        return self.columns * self.rows

    def place(self, number: int) -> tuple[float, float]:
        """Left and top of a label; they are counted from 0, line by line."""
        row, column = divmod(number, self.columns)
        return self.left + column * (self.width + self.gap_x), self.top + row * (self.height + self.gap_y)

    @property
    def fits(self) -> bool:
        """Whether all labels are on the paper."""
        x, y = self.place(self.places - 1)
        tenth = 0.1
        return x + self.width <= self.page_width + tenth and y + self.height <= self.page_height + tenth


PRESETS: Mapping[str, Sheet] = {
    "65": Sheet(columns=5, rows=13, width=38.1, height=21.2, left=4.75, top=10.7, gap_x=2.5),
    "40": Sheet(columns=4, rows=10, width=45.7, height=25.4, left=9.85, top=21.5, gap_x=2.5),
    "24": Sheet(columns=3, rows=8, width=63.5, height=33.9, left=7.25, top=12.9, gap_x=2.5),
    "21": Sheet(columns=3, rows=7, width=63.5, height=38.1, left=7.25, top=15.15, gap_x=2.5),
    "14": Sheet(columns=2, rows=7, width=99.1, height=38.1, left=4.65, top=15.15, gap_x=2.5),
    "10": Sheet(columns=2, rows=5, width=85, height=54, left=15, top=13.5, gap_x=10),
}
"""Sheets of A4 that many makers sell, by the number of labels: in the middle of the paper. The last one has cards."""

"""Tables as PDF, with a Korean font embedded."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kernel.fonts import FONT, add_font, drawable, letters_in
from reporting.reading.tables import Table

if TYPE_CHECKING:
    from fpdf import FPDF

MOST_COLUMNS = 12
"""On a page; the others follow in another table."""


def pdf_of(title: str, tables: Sequence[Table]) -> bytes:
    """The tables on sheets of A4 in landscape; headings are repeated where a table goes on."""
    from fpdf import FPDF  # noqa: PLC0415  (large, and seldom needed: decision 36)

    pdf = FPDF(orientation="landscape", format="A4")
    pdf.set_title(title)
    add_font(pdf)
    pdf.add_page()
    pdf.set_font(FONT, size=16)
    pdf.multi_cell(0, 10, drawable(title, letters_in(pdf)), new_x="LMARGIN", new_y="NEXT")
    for table in tables:
        for start in range(0, max(len(table.columns), 1), MOST_COLUMNS):
            _draw(pdf, table, start)
    return bytes(pdf.output())


def _draw(pdf: "FPDF", table: Table, start: int) -> None:
    from fpdf.fonts import FontFace  # noqa: PLC0415  (large, and seldom needed: decision 36)

    letters, part = letters_in(pdf), slice(start, start + MOST_COLUMNS)
    pdf.ln(4)
    pdf.set_font(FONT, size=12)
    pdf.multi_cell(0, 8, drawable(str(table.title), letters), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(FONT, size=8)
    columns = table.columns[part]
    widths = (3, *(2 for _column in columns))
    plain = FontFace(emphasis="")
    with pdf.table(
        col_widths=widths, text_align=("LEFT", *("RIGHT" for _column in columns)), headings_style=plain, line_height=5
    ) as drawn:
        drawn.row([capfirst(drawable(str(words), letters)) for words in (table.corner, *columns)])
        for line in table.lines:
            drawn.row([drawable(str(line.label), letters), *(f"{cell.number:,}" for cell in line.cells[part])])
        if table.is_summed:
            drawn.row([_("Sum"), *(f"{number:,}" for number in table.total[part])])

"""Sheets of labels as PDF, with a Korean font embedded."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kernel.fonts import FONT, add_font
from printing.shapes import DOT, Bars, Frame, Shape, Text
from printing.sheets import Sheet

if TYPE_CHECKING:
    from fpdf import FPDF

POINT = 25.4 / 72
THIN = 0.1
Label = Sequence[Shape]


def sheets_of(labels: Sequence[Label], sheet: Sheet, start: int) -> Iterator[list[tuple[float, float, Label]]]:
    """The labels of each sheet with their left and top; the first one is at place `start`, counted from 0."""
    places = sheet.places
    for first in range(-start, len(labels), places):
        numbers = range(max(first, 0), min(first + places, len(labels)))
        yield [(*sheet.place(number - first), labels[number]) for number in numbers]


def written(labels: Sequence[Label], sheet: Sheet, start: int, *, framed: bool = False) -> bytes:
    """The PDF; `framed` draws each label's edges, to cut along or to try a sheet on plain paper."""
    from fpdf import FPDF  # noqa: PLC0415  (large, and seldom needed: decision 36)

    pdf = FPDF(format=(sheet.page_width, sheet.page_height))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    add_font(pdf)
    pdf.set_line_width(THIN)
    for page in sheets_of(labels, sheet, start):
        pdf.add_page()
        for left, top, shapes in page:
            for shape in (*shapes, *([Frame(0, 0, sheet.width, sheet.height)] if framed else [])):
                _draw(pdf, left, top, shape)
    return bytes(pdf.output())


def _draw(pdf: "FPDF", left: float, top: float, shape: Shape) -> None:
    x, y = left + shape.x, top + shape.y
    match shape:
        case Text():
            pdf.set_font(FONT, size=shape.size / POINT)
            pdf.set_xy(x, y)
            pdf.cell(shape.width, shape.height, shape.text, align="C" if shape.centred else "L")
        case Bars():
            x = round(x / DOT) * DOT
            for run in shape.runs:
                if run.is_bar:
                    pdf.rect(x, y, run.units * shape.unit, shape.height, style="F")
                x += run.units * shape.unit
        case Frame():
            pdf.rect(x, y, shape.width, shape.height)

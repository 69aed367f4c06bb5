"""What a label is drawn of, in millimetres from its upper left corner, and how wide letters are."""

from functools import cache
from typing import NamedTuple

from kernel.fonts import FONT, add_font, drawable
from kernel.labels.bars import Run

SMALLEST = 1.7
"""The size of letters, in millimetres, below which text is cut and not made smaller."""
DOT = 25.4 / 600
"""Of a printer. Bars begin and end on whole ones: elsewhere printers widen each bar by what it touches of a dot, which
makes narrow bars wide ones."""
CUT = "…"
UNITS = 1_000


class Text(NamedTuple):
    """A line of text in a box, in the middle of it or from its left edge."""

    x: float
    y: float
    width: float
    height: float
    text: str
    size: float
    centred: bool = True


class Bars(NamedTuple):
    """A barcode; `unit` is the width of its narrowest bar."""

    x: float
    y: float
    height: float
    unit: float
    runs: list[Run]


class Frame(NamedTuple):
    """A thin line around a place, such as the one for a photo."""

    x: float
    y: float
    width: float
    height: float


Shape = Text | Bars | Frame


def line(x: float, y: float, width: float, height: float, text: str, *, centred: bool = True) -> Text:
    """The text as large as the box allows; where it would be too small, its beginning."""
    plain = " ".join(drawable(text, _widths()).split())
    size = height * 0.78
    needed = width_of(plain, size)
    if needed > width:
        size = max(SMALLEST, size * width / needed)
        plain = _cut(plain, width, size)
    return Text(x, y, width, height, plain, size, centred)


def width_of(text: str, size: float) -> float:
    """How wide it is set."""
    widths = _widths()
    return sum(widths.get(ord(letter), UNITS) for letter in text) * size / UNITS


def _cut(text: str, width: float, size: float) -> str:
    if width_of(text, size) <= width + 0.01:
        return text
    while text and width_of(text + CUT, size) > width:
        text = text[:-1]
    return text.rstrip() + CUT


@cache
def _widths() -> dict[int, float]:
    """Of each letter, in thousandths of the font's size."""
    from fpdf import FPDF  # noqa: PLC0415  (large, and seldom needed: decision 36)

    pdf = FPDF()
    add_font(pdf)
    return {int(code): float(width) for code, width in pdf.fonts[FONT.lower()].cw.items()}

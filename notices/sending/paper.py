"""Letters and address labels as PDF, with a Korean font embedded."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import override

from kernel.fonts import FONT, add_font, drawable, letters_in

if TYPE_CHECKING:
    from fpdf import FPDF

SIZE, LINE = 11, 6
MARGIN = 25
WINDOW = (MARGIN, 50, 85, 45)
"""Where the address stands, in millimetres from the left and the top, and how wide and how high it may be."""
TEXT_FROM = 95
COLUMNS, ROWS, LABEL_WIDTH, LABEL_HEIGHT, LABEL_LEFT, LABEL_TOP = 2, 8, 99, 34, 6, 13
PLACES = COLUMNS * ROWS
"""A sheet of 16 address labels."""
LABEL_ROOM = (LABEL_WIDTH - 12, 25)
SMALLER = ((SIZE, LINE), (9, 5), (7, 4), (5, 3))
"""Sizes in which an address is tried, each with its line: all of it is to be read, for the postal code stands last."""


class Letter(NamedTuple):
    """What stands on one."""

    library: str
    name: str
    address: str
    postal_code: str
    language: str
    title: str
    body: str


def letters(pages: Iterable[Letter], day: date) -> bytes:
    """Each letter on a page of its own; a long one goes on, on the next, and each of its pages says whose it is."""
    pdf = _paper()
    pdf.set_auto_page_break(True, MARGIN)
    for letter in pages:
        pdf.add_page()
        first = pdf.page_no()
        with override(letter.language):
            _at(pdf, MARGIN, MARGIN, 160, f"{letter.library}\n{date_format(day)}")
        left, top, *room = WINDOW
        _address_at(pdf, left, top, room, letter)
        pdf.set_y(max(TEXT_FROM, pdf.get_y() + LINE))
        pdf.set_font(FONT, size=SIZE + 2)
        pdf.multi_cell(0, LINE + 2, drawable(letter.title, letters_in(pdf)), align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(LINE)
        pdf.set_font(FONT, size=SIZE)
        pdf.multi_cell(0, LINE, drawable(letter.body, letters_in(pdf)), align="L")
        _number_pages(pdf, letter.name, first)
    return bytes(pdf.output())


def labels(addresses: Sequence[Letter], first: int = 1) -> bytes:
    """The addresses, on sheets of labels, line by line; the first one on that place, counted from 1."""
    pdf = _paper()
    pdf.set_auto_page_break(False)
    for number, letter in enumerate(addresses, first - 1):
        place = number % PLACES
        if place == 0 or not pdf.page:
            pdf.add_page()
        row, column = divmod(place, COLUMNS)
        left, top = LABEL_LEFT + column * LABEL_WIDTH, LABEL_TOP + row * LABEL_HEIGHT
        _address_at(pdf, left + 6, top + 5, LABEL_ROOM, letter)
    return bytes(pdf.output())


def _paper() -> "FPDF":
    from fpdf import FPDF  # noqa: PLC0415  (large, and seldom needed: decision 36)

    pdf = FPDF(format="A4")
    pdf.set_margins(MARGIN, MARGIN)
    add_font(pdf)
    pdf.set_font(FONT, size=SIZE)
    return pdf


def _number_pages(pdf: "FPDF", name: str, first: int) -> None:
    """At the foot of a letter of several pages, so that none comes into another's envelope."""
    last = pdf.page_no()
    if last == first:
        return
    pdf.set_auto_page_break(False)
    for page in range(first, last + 1):
        pdf.page = page
        pdf.set_xy(MARGIN, LINE - MARGIN)
        foot = f"{name} · {page - first + 1} / {last - first + 1}"
        pdf.cell(0, LINE, drawable(foot, letters_in(pdf)), align="R")
    pdf.set_auto_page_break(True, MARGIN)


def _at(
    pdf: "FPDF", left: float, top: float, width: float, text: str, *, line: int = LINE, most: int | None = None
) -> None:
    """Writes there, no more lines than there is room for."""
    pdf.set_xy(left, top)
    for words in _wrapped(pdf, width, text)[:most]:
        pdf.set_x(left)
        pdf.cell(width, line, words, new_x="LMARGIN", new_y="NEXT")


def _address_at(pdf: "FPDF", left: float, top: float, room: Sequence[float], letter: Letter) -> None:
    """Writes the address in the largest size in which there is room for it; one of too many lines in fewer."""
    width, height = room
    texts = _address(letter, "\n"), _address(letter, ", ")
    for text, (size, line) in product(texts, SMALLER):
        most = int(height // line)
        pdf.set_font(FONT, size=size)
        if len(_wrapped(pdf, width, text)) <= most:
            break
    _at(pdf, left, top, width, text, line=line, most=most)
    pdf.set_font(FONT, size=SIZE)


def _wrapped(pdf: "FPDF", width: float, text: str) -> list[str]:
    found: Any = pdf.multi_cell(width, LINE, drawable(text, letters_in(pdf)), dry_run=True, output="LINES")
    return list(found)


def _address(letter: Letter, between: str) -> str:
    """As it is written in the language: in Korea the place first, then the name. `between` parts its lines."""
    place = between.join(filter(None, map(str.strip, letter.address.splitlines())))
    if letter.language == "ko":
        return "\n".join(filter(None, [place, f"{letter.name} 귀하", letter.postal_code]))
    return "\n".join(filter(None, [letter.name, place, letter.postal_code]))

"""Printed sheets as a scanner, which is held before one label at a time, and a reader see them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pypdfium2
import zxingcpp

from printing.sheets import Sheet

DOTS = 600 / 25.4


class Scanned(NamedTuple):
    """A barcode, and on which place of the sheet it is."""

    place: int
    text: str
    kind: str


def scanned(pdf: bytes, sheet: Sheet) -> list[list[Scanned]]:
    """What a scanner reads of the labels of each page."""
    return [list(_of(page, sheet)) for page in pypdfium2.PdfDocument(pdf)]


def _of(page: Any, sheet: Sheet) -> Iterator[Scanned]:
    picture = page.render(scale=DOTS * 25.4 / 72, grayscale=True).to_pil()
    for place in range(sheet.places):
        left, top = sheet.place(place)
        label = picture.crop([round(at * DOTS) for at in (left, top, left + sheet.width, top + sheet.height)])
        if label.getextrema() != (255, 255):
            yield from (
                Scanned(place, one.text, str(one.format).replace(" ", "").lower())
                for one in zxingcpp.read_barcodes(label)
            )


def words(pdf: bytes, page: int = 0) -> str:
    """The text of a sheet."""
    return str(pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range())

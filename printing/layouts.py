"""What stands where on a label: on spines, with a barcode, both, and on patrons' cards."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.labels.bars import MARGIN, Symbology, runs_of
from kernel.refusals import Refused
from printing.shapes import DOT, SMALLEST, Bars, Frame, Shape, line

EDGE = 1.0
"""Millimetres that stay white around everything."""
LARGEST_LINE = 5.5
NARROWEST, WIDEST = 4, 9
"""Dots of the narrowest bar: finer ones office printers and hand scanners don't manage."""
SHORTEST_BARS = 5.0
OF_THE_SPINE = 0.38
PHOTO = 22, 28


class LabelTooSmall(Refused):
    code = "label_too_small"
    sentence = gettext_lazy(
        "The barcode %(number)s does not fit on a label of this sheet: take one with larger labels."
    )


class CopyLabel(NamedTuple):
    """What a copy's labels say. `spine` has a line each for shelving mark, class, author mark, year, volume and copy,
    those that there are; `whole` is the same in one line."""

    barcode: str
    title: str
    spine: list[str]
    whole: str
    library: str


class PatronCard(NamedTuple):
    """What stands on a card."""

    number: str
    name: str
    category: str
    until: str
    library: str


def spine(label: CopyLabel, width: float, height: float) -> Iterator[Shape]:
    """The call number, a part a line."""
    yield from _lines(label.spine, EDGE, EDGE, width - 2 * EDGE, height - 2 * EDGE)


def barcode(label: CopyLabel, width: float, height: float, symbology: Symbology) -> Iterator[Shape]:
    """The library, the bars with their number, the call number, and the title where there is room."""
    texts = [label.library, label.whole]
    texts += [label.title] if height > 24 else []
    small = min(3.4, (height - 2 * EDGE - SHORTEST_BARS) / (len(texts) + 1))
    if small < SMALLEST:
        raise LabelTooSmall(number=label.barcode)
    inner = width - 2 * EDGE
    above, *below = [text for text in texts if text] or [""]
    yield line(EDGE, EDGE, inner, small, above)
    bars = height - 2 * EDGE - small * (2 + len(below))
    yield _bars(label.barcode, EDGE, EDGE + small, inner, bars, symbology)
    for number, text in enumerate([label.barcode, *below]):
        yield line(EDGE, EDGE + small + bars + number * small, inner, small, text)


def both(label: CopyLabel, width: float, height: float, symbology: Symbology) -> Iterator[Shape]:
    """The call number on the left, to be cut off or folded around the spine, and the barcode beside it."""
    left = width * OF_THE_SPINE
    yield from spine(label, left, height)
    for shape in barcode(label, width - left, height, symbology):
        yield shape._replace(x=shape.x + left)


def card(patron: PatronCard, width: float, height: float, symbology: Symbology) -> Iterator[Shape]:
    """Library, name and number, with a place for a photo on the left and the bars below."""
    edge, (photo_width, photo_height) = 3 * EDGE, PHOTO
    head = 6.0
    yield line(edge, edge, width - 2 * edge, head, patron.library, centred=False)
    top, left = edge + head + 1, edge + photo_width + 3
    yield Frame(edge, top, photo_width, photo_height)
    yield line(edge, top + photo_height / 2 - 2, photo_width, 3.5, _("photo"))
    inner = width - left - edge
    yield line(left, top, inner, 6.5, patron.name, centred=False)
    yield line(left, top + 7, inner, 4, patron.category, centred=False)
    yield line(left, top + 11.5, inner, 4, patron.until, centred=False)
    bottom = height - edge - 4
    bars = min(12.0, bottom - top - 16)
    yield _bars(patron.number, left, bottom - bars, inner, bars, symbology)
    yield line(left, bottom, inner, 4, patron.number)


def _lines(texts: list[str], x: float, y: float, width: float, height: float) -> Iterator[Shape]:
    each = min(LARGEST_LINE, height / max(len(texts), 1))
    top = y + (height - each * len(texts)) / 2
    for number, text in enumerate(texts):
        yield line(x, top + number * each, width, each, text)


def _bars(number: str, x: float, y: float, width: float, height: float, symbology: Symbology) -> Bars:
    """In the middle of the place, white margins within it. Raises `NoBars` and `LabelTooSmall`."""
    runs = runs_of(number, symbology)
    units = sum(run.units for run in runs)
    dots = min(WIDEST, int(width / (units + 2 * MARGIN) / DOT))
    if dots < NARROWEST or height < SHORTEST_BARS - 0.01:
        raise LabelTooSmall(number=number)
    unit = dots * DOT
    return Bars(x + (width - unit * units) / 2, y, height, unit, runs)


def with_prefix(prefix: str, text: str) -> str:
    """A number with what stands before it on labels, `v.2`; what has words of its own stays."""
    return f"{prefix}{text}" if re.fullmatch(r"\d[\d,~-]*", text) else text

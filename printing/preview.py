"""The first sheet as a picture, as the PDF will have it."""

from collections.abc import Iterator, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from printing.pdf import Label, sheets_of
from printing.shapes import Bars, Frame, Shape, Text, width_of
from printing.sheets import Sheet

CENTRED = mark_safe(' class="centred"')
BASELINE = 0.36
"""How far below the middle of its box a line of text stands, in its size."""


def picture(labels: Sequence[Label], sheet: Sheet, start: int, words: str) -> SafeString:
    """An SVG: all places of the sheet with their numbers, and the labels on it."""
    page = next(sheets_of(labels, sheet, start), [])
    used = {(left, top) for left, top, _shapes in page}
    places = list(enumerate(map(sheet.place, range(sheet.places)), 1))
    frames = format_html_join(
        "", '<rect x="{}" y="{}" width="{}" height="{}" class="place"/>',
        ((_r(x), _r(y), sheet.width, sheet.height) for _number, (x, y) in places),
    )  # fmt: skip
    numbers = format_html_join(
        "", '<text x="{}" y="{}" font-size="4" class="number">{}</text>',
        (
            (_r(x + sheet.width / 2), _r(y + sheet.height / 2 + 1.4), number)
            for number, (x, y) in places if (x, y) not in used
        ),
    )  # fmt: skip
    drawn = format_html_join("", "{}", ((one,) for left, top, shapes in page for one in _drawn(left, top, shapes)))
    return format_html(
        '<svg class="sheet" role="img" aria-label="{}" viewBox="0 0 {} {}">{}{}{}</svg>',
        words, _r(sheet.page_width), _r(sheet.page_height), frames, numbers, drawn,
    )  # fmt: skip


def _drawn(left: float, top: float, shapes: Label) -> Iterator[SafeString]:
    for shape in shapes:
        yield _one(left + shape.x, top + shape.y, shape)


def _one(x: float, y: float, shape: Shape) -> SafeString:
    match shape:
        case Text():
            at = x + shape.width / 2 if shape.centred else x
            return format_html(
                '<text x="{}" y="{}" font-size="{}" textLength="{}" lengthAdjust="spacingAndGlyphs"{}>{}</text>',
                _r(at), _r(y + shape.height / 2 + BASELINE * shape.size), _r(shape.size),
                _r(width_of(shape.text, shape.size)), CENTRED if shape.centred else "", shape.text,
            )  # fmt: skip
        case Bars():
            return format_html('<path d="{}"/>', "".join(_paths(x, y, shape)))
        case Frame():
            return format_html(
                '<rect x="{}" y="{}" width="{}" height="{}" class="frame"/>', _r(x), _r(y), shape.width, shape.height
            )


def _paths(x: float, y: float, bars: Bars) -> Iterator[str]:
    for run in bars.runs:
        width = run.units * bars.unit
        if run.is_bar:
            yield f"M{_r(x)} {_r(y)}h{_r(width)}v{_r(bars.height)}h-{_r(width)}z"
        x += width


def _r(number: float) -> float:
    return round(number, 3)

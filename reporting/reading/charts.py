"""Charts of tables, as SVG without a script or a style of its own: colours are classes of the style sheet.

The table stands beside each chart and says the same, so a chart is one picture with a name to those who do not see it.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reporting.reading.tables import Line, Table

WIDTH, HEIGHT = 420, 210
LEFT, RIGHT, TOP, FOOT = 44, 6, 30, 24
WIDE, NARROW = 12, 7
"""A letter of Hangul, and one of others."""
ROW, LONGEST = 36, 34
LEGEND, GAP = 18, 4


def bar_chart(table: Table, *columns: int) -> SafeString:
    """The numbers of some columns, so many bars for each line; nothing where there are none."""
    lines = table.lines
    most = max((_number(line, column) for line in lines for column in columns), default=0)
    if most <= 0:
        return SafeString("")
    top, step = _rounded(most), (WIDTH - LEFT - RIGHT) / len(lines)
    every = ceil((max(_width(line.short) for line in lines) + GAP) / step)
    parts = [
        *_legend(table, columns),
        *_grid(top),
        *(_group(table, line, columns, LEFT + at * step, step, top) for at, line in enumerate(lines)),
        *(_label(line.short, LEFT + (at + 0.5) * step) for at, line in enumerate(lines) if at % every == 0),
    ]
    return _picture(table, columns, HEIGHT, parts)


def rank_chart(table: Table, column: int = 0) -> SafeString:
    """The numbers of one column, a bar below the name of each line."""
    most = max((_number(line, column) for line in table.lines), default=0)
    if most <= 0:
        return SafeString("")
    parts = []
    for at, line in enumerate(table.lines):
        number, name = _number(line, column), str(line.label)
        width = round(number / most * (WIDTH - RIGHT), 1)
        parts += [
            _text("name", 0, at * ROW + 14, name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"),
            _text("number", WIDTH - RIGHT, at * ROW + 14, f"{number:,}"),
            format_html('<rect class="bar bar-0" x="0" y="{}" width="{}" height="10"/>', at * ROW + 19, width),
        ]
    return _picture(table, [column], len(table.lines) * ROW, parts)


def charts_of(tables: Sequence[Table], shown: Mapping[str, tuple[int, ...]]) -> dict[str, SafeString]:
    """The charts of those tables of which columns are named."""
    return {table.name: bar_chart(table, *shown[table.name]) for table in tables if table.name in shown}


def shortened(number: int) -> str:
    """A number in few letters: `12,340`, `1.2M`."""
    return f"{number / 1_000_000:.3g}M" if number >= 1_000_000 else f"{number:,}"


def _picture(table: Table, columns: Sequence[int], height: int, parts: Sequence[SafeString]) -> SafeString:
    return format_html(
        '<svg class="chart" role="img" aria-labelledby="chart-{0}" viewBox="0 0 {1} {2}">'
        '<title id="chart-{0}">{3}: {4}</title>{5}</svg>',
        table.name,
        WIDTH,
        height,
        table.title,
        ", ".join(str(table.columns[column]) for column in columns),
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _legend(table: Table, columns: Sequence[int]) -> Iterator[SafeString]:
    left = float(LEFT)
    for place, column in enumerate(columns):
        words = str(table.columns[column])
        yield format_html('<rect class="bar bar-{}" x="{}" y="4" width="10" height="10"/>', place, round(left, 1))
        yield _text("name", left + LEGEND - 3, 13, words)
        left += LEGEND + _width(words) + 14


def _grid(top: int) -> Iterator[SafeString]:
    for number in [0, top // 2, top] if top > 1 else [0, top]:
        y = _height_of(number, top)
        yield format_html('<line class="grid" x1="{0}" y1="{2}" x2="{1}" y2="{2}"/>', LEFT, WIDTH - RIGHT, y)
        yield _text("number", LEFT - 6, y + 4, shortened(number))


def _group(table: Table, line: Line, columns: Sequence[int], left: float, step: float, top: int) -> SafeString:
    """The bars of a line side by side; pointed at, they say their numbers."""
    width = step * 0.76 / len(columns)
    bars = []
    for place, column in enumerate(columns):
        y = _height_of(_number(line, column), top)
        x = round(left + step * 0.12 + place * width, 1)
        bars.append((place, x, y, round(width, 1), round(HEIGHT - FOOT - y, 1)))
    said = ", ".join(f"{table.columns[column]} {line.cells[column].number:,}" for column in columns)
    return format_html(
        "<g><title>{}: {}</title>{}</g>",
        line.label,
        said,
        format_html_join("", '<rect class="bar bar-{}" x="{}" y="{}" width="{}" height="{}"/>', bars),
    )


def _height_of(number: float, top: int) -> float:
    return round(HEIGHT - FOOT - number / top * (HEIGHT - FOOT - TOP), 1)


def _label(words: str, middle: float) -> SafeString:
    """Below its bars; the last one no further right than the picture goes."""
    return _text("label", min(middle, WIDTH - _width(words) / 2), HEIGHT - 8, words)


def _text(kind: str, x: float, y: float, words: str) -> SafeString:
    return format_html('<text class="{}" x="{}" y="{}">{}</text>', kind, round(x, 1), y, words)


def _number(line: Line, column: int) -> float:
    number = max(line.cells[column].number, 0)
    return number if isinstance(number, int) else float(number)


def _rounded(most: float) -> int:
    """The next number that begins with 1, 2, 4, 6 or 8 and goes on with zeros: half of it is a whole number too."""
    ten: int = 10 ** int(log10(most))
    return next(first * ten for first in (1, 2, 4, 6, 8, 10) if first * ten >= most)


def _width(words: str) -> float:
    return sum(WIDE if letter >= "ᄀ" else NARROW for letter in words)

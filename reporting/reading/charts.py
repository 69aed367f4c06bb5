"""Bar charts of tables, as SVG without a script or a style of its own: colours are classes of the style sheet."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reporting.reading.tables import Table

WIDTH, HEIGHT, FOOT, HEAD = 640, 200, 22, 18
SHORT = 12
"""So many letters fit below a bar."""


def bar_chart(table: Table, column: int = 0) -> SafeString:
    """The numbers of one column, a bar for each line; nothing where there are none. The table beside it says the same,
    so it is one picture with a name to those who do not see it."""
    numbers = [line.cells[column].number for line in table.lines]
    if not any(number > 0 for number in numbers):
        return SafeString("")
    step, most = WIDTH / len(numbers), max(numbers)
    bars = [
        _bar(place * step, step, max(number, 0) / most, number, str(line.label))
        for place, (number, line) in enumerate(zip(numbers, table.lines, strict=True))
    ]
    return format_html(
        '<svg class="chart" role="img" aria-label="{}: {}" viewBox="0 0 {} {}">{}</svg>',
        table.title,
        table.columns[column],
        WIDTH,
        HEIGHT,
        format_html_join("", "{}", ((bar,) for bar in bars)),
    )


def _bar(left: float, step: float, share: float, number: int, label: str) -> SafeString:
    height = round(share * (HEIGHT - FOOT - HEAD), 1)
    top, middle = round(HEIGHT - FOOT - height, 1), round(left + step / 2, 1)
    return format_html(
        '<g><title>{}: {}</title><rect class="bar" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="number" x="{}" y="{}">{}</text><text class="label" x="{}" y="{}">{}</text></g>',
        label,
        f"{number:,}",
        round(left + step * 0.15, 1),
        top,
        round(step * 0.7, 1),
        height,
        middle,
        top - 4,
        shortened(number),
        middle,
        HEIGHT - 6,
        label if len(label) <= SHORT and step > len(label) * 6 else label.split()[0][: max(int(step / 8), 2)],
    )


def shortened(number: int) -> str:
    """A number in few letters: `12,340`, `1.2M`."""
    return f"{number / 1_000_000:.1f}M" if number >= 1_000_000 else f"{number:,}"


def charts_of(tables: Sequence[Table], shown: dict[str, int]) -> dict[str, SafeString]:
    """The charts of those tables of which a column is named."""
    return {table.name: bar_chart(table, shown[table.name]) for table in tables if table.name in shown}

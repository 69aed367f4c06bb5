"""A table of any two axes."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date

from kernel.money import in_units
from reporting.models import What
from reporting.queries import sums
from reporting.reading.axes import Axis, column_of, place_on, places_of, short_of
from reporting.reading.tables import Table, table_of

Behind = Callable[[str, date, date, dict[str, str]], str]
MONEY = (What.CHARGED, What.WAIVED)
AXES_OF: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((What.LOANS, What.RETURNS, What.RENEWALS), tuple(Axis.values)),
    **dict.fromkeys(
        (What.COPIES_ADDED, What.COPIES_WITHDRAWN), ("year", "month", "day", "weekday", "main_class", "copy_type")
    ),
    **dict.fromkeys((What.BOOKS_ADDED, What.BOOKS_WITHDRAWN), ("year", "month", "day", "weekday", "main_class")),
    **dict.fromkeys((What.PATRONS_REGISTERED, What.PATRONS_ERASED, *MONEY), ("year", "month", "day", "weekday")),
}
"""What each is counted by."""


def crossed(what: str, first: date, last: date, rows: str, columns: str, behind: Behind) -> Table:
    """How many there were in a period, by two axes; `behind` gives the address of the list behind a number."""
    axes = dict.fromkeys(column_of(axis) for axis in (rows, columns))
    each_day = bool({Axis.DAY, Axis.WEEKDAY} & {rows, columns})
    numbers: Counter[tuple[str, str]] = Counter()
    for (_what, *values), number in sums([what], first, last, *axes, each_day=each_day).items():
        place = dict(zip(axes, values, strict=True))
        numbers[place_on(rows, place[column_of(rows)]), place_on(columns, place[column_of(columns)])] += number
    down = places_of(rows, first, last, {row for row, _column in numbers})
    across = places_of(columns, first, last, {column for _row, column in numbers})
    used = {column for _row, column in numbers}
    return table_of(
        "cross",
        What(what).label,
        Axis(rows).label,
        {place: words for place, words in across.items() if place in used},
        down,
        lambda *place: in_units(numbers[place]) if what in MONEY else numbers[place],
        address=lambda row, column: behind(what, first, last, {rows: row, columns: column}),
        with_empty=False,
        short=short_of(rows),
    )

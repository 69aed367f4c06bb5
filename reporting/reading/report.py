"""What Korean public libraries report each year, for any period."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.money import in_units
from reporting.models import What
from reporting.queries import HOLDINGS, Sums, holdings, patrons_now, sums, visits_between
from reporting.reading.asked_daily import hours_table, most_borrowed_table
from reporting.reading.axes import UNKNOWN, Axis, place_on, places_of, short_of
from reporting.reading.crossing import MONEY, Behind
from reporting.reading.tables import Table, Words, table_of

MOST_TITLES = 50
USE = (What.LOANS, What.RETURNS, What.RENEWALS)
CAME = (What.PATRONS_REGISTERED, What.PATRONS_ERASED)
READERS = {"children": ("0", "6", "8"), "young": ("14",), "adults": ("20", "30", "40", "50", "60"), "": ("",)}
"""The three groups of the yearly report: to 13, to 19, and older."""


def report_of(first: date, last: date, today: date, behind: Behind) -> list[Table]:
    """The tables of a period; a dozen statements at most, however many loans there were."""
    by_kind = sums(USE, first, last, "main_class", "category", "age_group", "copy_type")
    by_day = sums([*USE, *HOLDINGS, *CAME, *MONEY], first, last, "day")
    visits, patrons = visits_between(first, last), patrons_now(today)
    categories = places_of(
        "category", first, last, {place[2] for place in by_kind} | {place for place, _group in patrons}
    )
    return [
        _months(by_day, visits, first, last, behind),
        _holdings(*holdings(first, last), by_kind, first, last, behind),
        _readers(by_kind),
        _by("categories", Axis.CATEGORY, 2, by_kind, first, last, behind, categories),
        _by("age_groups", Axis.AGE_GROUP, 3, by_kind, first, last, behind),
        _by("copy_types", Axis.COPY_TYPE, 4, by_kind, first, last, behind),
        hours_table(first, last),
        most_borrowed_table(first, last, MOST_TITLES, behind),
        _patrons(patrons, categories, today),
        _money(by_day, first, last),
    ]


def _months(by_day: Sums, visits: Mapping[date, int], first: date, last: date, behind: Behind) -> Table:
    numbers: Counter[tuple[str, str]] = Counter()
    for (what, day), number in by_day.items():
        numbers[place_on("month", day), what] += number
    for day, number in visits.items():
        numbers[place_on("month", day), "visits"] += number
    columns: dict[str, Words] = {**{what: what.label for what in (*USE, *CAME)}, "visits": _("visitors")}
    return table_of(
        "months",
        _("By month"),
        Axis.MONTH.label,
        columns,
        places_of("month", first, last),
        lambda month, what: numbers[month, what],
        address=lambda month, what: behind(what, first, last, {"month": month}),
        short=short_of("month"),
    )


def _holdings(during: Sums, until: Sums, by_kind: Sums, first: date, last: date, behind: Behind) -> Table:
    lent = _summed(by_kind, 1)

    def number(place: str, column: str) -> int:
        if column == What.LOANS:
            return lent[What.LOANS, place]
        if column in {"books", "copies"}:
            return until.get((f"{column}_added", place), 0) - until.get((f"{column}_withdrawn", place), 0)
        return during.get((column, place), 0)

    ends: dict[str, Words] = {"books": _("titles at the end"), "copies": _("copies at the end")}
    columns: dict[str, Words] = {**ends, **{str(what): what.label for what in (*HOLDINGS, What.LOANS)}}
    return table_of(
        "holdings",
        _("Holdings and loans by main class"),
        Axis.MAIN_CLASS.label,
        columns,
        places_of("main_class", first, last),
        number,
        address=lambda place, what: behind(what, first, last, {"main_class": place}) if what == What.LOANS else "",
        short=short_of("main_class"),
    )


def _readers(by_kind: Sums) -> Table:
    groups = {one: name for name, ones in READERS.items() for one in ones}
    numbers: Counter[tuple[str, str]] = Counter()
    for (what, place, _category, group, _type), number in by_kind.items():
        if what == What.LOANS:
            numbers[place, groups[group]] += number
    columns: dict[str, Words] = {
        "children": _("children (to 13)"),
        "young": _("young people (14 to 19)"),
        "adults": _("adults (from 20)"),
        "": UNKNOWN,
    }
    places = places_of("main_class", date.min, date.min)
    title = _("Copies lent by main class and readers")
    return table_of("readers", title, Axis.MAIN_CLASS.label, columns, places, lambda *place: numbers[place])


def _by(
    name: str,
    axis: Axis,
    at: int,
    by_kind: Sums,
    first: date,
    last: date,
    behind: Behind,
    known: Mapping[str, Words] | None = None,
) -> Table:
    numbers = _summed(by_kind, at)
    found = {place for _what, place in numbers}
    places = places_of(axis, first, last, found) if known is None else _only(known, found)
    return table_of(
        name,
        _("By %(axis)s") % {"axis": axis.label},
        axis.label,
        {what: what.label for what in USE},
        places,
        lambda place, what: numbers[what, place],
        address=lambda place, what: behind(what, first, last, {axis: place}),
    )


def _only(places: Mapping[str, Words], found: Collection[str]) -> Mapping[str, Words]:
    """Of all places those that were found, and the unknown one."""
    return {place: words for place, words in places.items() if not place or place in found}


def _patrons(numbers: Mapping[tuple[str, str], int], categories: Mapping[str, Words], today: date) -> Table:
    return table_of(
        "patrons",
        _("Patrons with an open card today"),
        Axis.CATEGORY.label,
        places_of("age_group", today, today),
        _only(categories, {category for category, _group in numbers}),
        lambda category, group: numbers.get((category, group), 0),
    )


def _money(by_day: Sums, first: date, last: date) -> Table:
    numbers: Counter[tuple[str, str]] = Counter()
    for (what, day), number in by_day.items():
        numbers[place_on("month", day), what] += number
    columns: dict[str, Words] = {what: what.label for what in MONEY}
    title = pgettext("statistics", "Fines by month")
    months = places_of("month", first, last)
    return table_of("fines", title, Axis.MONTH.label, columns, months, lambda *place: in_units(numbers[place]))


def _summed(by_kind: Sums, at: int) -> Counter[tuple[str, str]]:
    """Of what, and one column."""
    numbers: Counter[tuple[str, str]] = Counter()
    for place, number in by_kind.items():
        numbers[place[0], place[at]] += number
    return numbers

"""By what can be counted: the axes of tables, with the order and the words of what is on them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise

from django.db import models
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from kernel.values.groups import AGE_GROUPS, KDC
from reporting.queries import category_names

Words = Mapping[str, str | Promise]


class Axis(models.TextChoices):
    """What may stand on an axis."""

    YEAR = "year", gettext_lazy("year")
    MONTH = "month", gettext_lazy("month")
    DAY = "day", gettext_lazy("day")
    HOUR = "hour", gettext_lazy("hour of the day")
    WEEKDAY = "weekday", gettext_lazy("day of the week")
    MAIN_CLASS = "main_class", gettext_lazy("main class")
    CATEGORY = "category", gettext_lazy("category of patrons")
    AGE_GROUP = "age_group", gettext_lazy("age group")
    COPY_TYPE = "copy_type", gettext_lazy("type of copies")


OF_TIME = {Axis.YEAR, Axis.MONTH, Axis.DAY, Axis.WEEKDAY}
UNKNOWN = pgettext_lazy("statistics", "unknown")
WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


def column_of(axis: str) -> str:
    """The column of the counts that an axis is read from."""
    return "day" if axis in OF_TIME else axis


def place_on(axis: str, value: date | str) -> str:
    """Where a value of that column stands on the axis."""
    if isinstance(value, str):
        return value
    places = {"year": f"{value:%Y}", "month": f"{value:%Y-%m}", "weekday": str(value.weekday())}
    return places.get(axis, f"{value:%Y-%m-%d}")


def places_of(axis: str, first: date, last: date, found: Iterable[str] = ()) -> Words:
    """What stands on an axis, in its order, with its words: all classes, age groups, or days of the period, and of
    categories and types what was found."""
    if axis in OF_TIME:
        return _times(axis, first, last)
    if axis == Axis.HOUR:
        return {**{f"{hour:02}": f"{hour:02}:00" for hour in range(24)}, "": UNKNOWN}
    if axis == Axis.MAIN_CLASS:
        return {**{str(digit): class_words(digit) for digit in range(10)}, "": UNKNOWN}
    if axis == Axis.AGE_GROUP:
        return {**{group: age_words(group) for group in AGE_GROUPS}, "": UNKNOWN}
    codes = sorted({*found} - {""})
    names = category_names(get_language() or "", codes) if axis == Axis.CATEGORY else {}
    return {**{code: names.get(code) or code for code in codes}, "": UNKNOWN}


def class_words(digit: int) -> str:
    """A main class with its number."""
    return _("%(number)s %(name)s") % {"number": f"{digit}00", "name": KDC[digit]}


def age_words(group: str) -> str:
    """An age group by its years."""
    following = dict(pairwise(AGE_GROUPS)).get(group)
    if following is None:
        return _("%(first)s and older") % {"first": group}
    return _("%(first)s to %(last)s") % {"first": group, "last": int(following) - 1}


def short_of(axis: str) -> Callable[[str], str]:
    """What stands below a bar in place of the words: days and months in figures, and the numbers of classes."""
    if axis == Axis.DAY:
        return lambda day: day[len("2026-") :]
    if axis == Axis.MAIN_CLASS:
        return lambda digit: f"{digit}00" if digit else "–"
    return lambda place: place if axis == Axis.MONTH else ""


def _times(axis: str, first: date, last: date) -> Words:
    if axis == Axis.WEEKDAY:
        return {str(number): name for number, name in enumerate(WEEKDAYS)}
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return {place_on(axis, day): _time_words(axis, day) for day in days}


def _time_words(axis: str, day: date) -> str:
    if axis == Axis.YEAR:
        return f"{day.year}"
    return date_format(day, "YEAR_MONTH_FORMAT" if axis == Axis.MONTH else "DATE_FORMAT")

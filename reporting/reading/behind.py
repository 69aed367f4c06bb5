"""The lists behind the numbers, where persons may be seen: on the pages of who keeps these things."""

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from reporting.models import What
from reporting.periods import end_of_month
from reporting.reading.axes import OF_TIME
from reporting.reading.crossing import Behind

KEYS = {"book": "book__id__exact"}
"""Under which the lists know what is no axis."""
UNLISTED = {"weekday", "hour", "age_group"}
SEEN_BY = {What.LOANS: "lending.view_loan", What.RETURNS: "lending.view_return"}


def lists_for(may: Callable[[str], bool]) -> Behind:
    """The addresses of the lists that somebody with those permissions may see."""

    def address(what: str, first: date, last: date, places: dict[str, str]) -> str:
        return list_behind(what, first, last, places) if what in SEEN_BY and may(SEEN_BY[What(what)]) else ""

    return address


def list_behind(what: str, first: date, last: date, places: dict[str, str]) -> str:
    """The address of the loans or returns of a period that a number counts, narrowed by axes or to a
    book; empty where there is no such list: lending knows no age groups, and what has an unknown place is not looked
    for."""
    if not places.keys().isdisjoint(UNLISTED) or "" in places.values():
        return ""
    period = "..".join(map(str, _narrowed(first, last, places)))
    others = {KEYS.get(axis, axis): place for axis, place in places.items() if axis not in OF_TIME}
    if what == What.LOANS:
        return f"{reverse('admin:lending_loan_changelist')}?{urlencode({'made': period, **others})}"
    if what == What.RETURNS and not others:
        return f"{reverse('admin:lending_return_changelist')}?{urlencode({'back': period})}"
    return ""


def _narrowed(first: date, last: date, places: dict[str, str]) -> tuple[date, date]:
    """The part of the period that the places on axes of time leave."""
    for place in (place for axis, place in places.items() if axis in OF_TIME):
        parts = [int(part) for part in place.split("-")]
        year, month, day = [*parts, 1, 1][:3]
        begin = date(year, month, day)
        if len(parts) == 1:
            end = date(parts[0], 12, 31)
        elif len(parts) == 2:
            end = end_of_month(begin)
        else:
            end = begin
        first, last = max(first, begin), min(last, end)
    return first, last

"""The lists behind the numbers, where persons may be seen: on the pages of who keeps these things."""

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from reporting.models import What
from reporting.periods import end_of_month
from reporting.reading.axes import OF_TIME


def list_behind(what: str, first: date, last: date, places: dict[str, str]) -> str:
    """The address of the loans or returns of a period that a number counts, narrowed by axes; empty where there is no
    such list: lending knows no age groups, and what has an unknown place is not looked for."""
    if "weekday" in places or "age_group" in places or "" in places.values():
        return ""
    period = "..".join(map(str, _narrowed(first, last, places)))
    others = {axis: place for axis, place in places.items() if axis not in OF_TIME}
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

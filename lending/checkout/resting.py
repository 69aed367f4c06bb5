"""Copies that rest for a while before the same patron has them again."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from lending.models import LoanLine


def resting_copies(pairs: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], date]:
    """On which day each patron brought each copy back last, for pairs of a patron and a copy; one statement."""
    lines = LoanLine.objects.filter(
        copy__in={copy for _patron, copy in pairs}, loan__patron__in={patron for patron, _copy in pairs}
    )
    returned = lines.filter(ending=LoanLine.Ending.RETURNED).order_by("brought_back__returned_on")
    found = returned.values_list("loan__patron", "copy", "brought_back__returned_on")
    return {(patron, copy): day for patron, copy, day in found if (patron, copy) in pairs}


def rests(back_on: date, days: int | None, day: date) -> bool:
    """Whether a copy that was brought back on a day is not for the same patron yet; None is never again."""
    return days is None or day < back_on + timedelta(days=days)

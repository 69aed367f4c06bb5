"""What statistics are read from: the counts of days, summed up."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, QuerySet, Sum, Value

from kernel.values.groups import age_group
from reporting.models import DayCount, HourCount, LoanFact, MonthCount, StaleDay, Visits, What
from reporting.periods import DAY, days_beside, whole_months

BEGINNING = date(1, 1, 1)
Sums = Mapping[tuple[Any, ...], int]
HOLDINGS = (What.COPIES_ADDED, What.COPIES_WITHDRAWN, What.BOOKS_ADDED, What.BOOKS_WITHDRAWN)


def sums(what: Iterable[str], first: date, last: date, *columns: str, each_day: bool = False) -> Sums:
    """How many there were from a day to another, by what and these columns of `DayCount`, or of `HourCount`
    where `hour` is among them.

    What is in whole months is read from those, as of their first days where `day` is among the columns, unless each
    day is asked for. It is one statement.
    """
    counts = HourCount if "hour" in columns else DayCount
    return _added(_counted(what, first, last, counts, each_day=each_day or counts is HourCount), columns)


def _counted(
    what: Iterable[str], first: date, last: date, counts: Any = DayCount, *, each_day: bool = False
) -> list[QuerySet[Any]]:
    """The counts of a time: of its whole months, and of the days beside them."""
    kinds, parts = [*what], [(first, last)] if each_day else [*days_beside(first, last)]
    found: list[QuerySet[Any]] = [counts.objects.filter(what__in=kinds, day__range=part) for part in parts]
    if not each_day and (months := whole_months(first, last)):
        found.append(MonthCount.objects.filter(what__in=kinds, month__range=months))
    return found


def _added(found: Iterable[QuerySet[Any]], columns: Iterable[str]) -> Counter[tuple[Any, ...]]:
    summed = [_summed(rows, columns) for rows in found]
    numbers: Counter[tuple[Any, ...]] = Counter()
    for *place, number in summed[0].union(*summed[1:], all=True):
        numbers[tuple(place)] += int(number)
    return numbers


def _summed(rows: QuerySet[Any], columns: Iterable[str]) -> QuerySet[Any]:
    own = ["month" if rows.model is MonthCount and column == "day" else column for column in columns]
    return rows.order_by().values_list("what", *own).annotate(sum=Sum("number"))


def has_loans() -> bool:
    """Whether a loan was ever heard of."""
    return LoanFact.objects.exists()


def holdings(first: date, last: date) -> tuple[Sums, Sums]:
    """How many titles and copies came and went in a time, and how many had by its end, by what and main class; one
    statement."""
    found = [rows.annotate(within=Value(1)) for rows in _counted(HOLDINGS, first, last)]
    if first > BEGINNING:
        found += [rows.annotate(within=Value(0)) for rows in _counted(HOLDINGS, BEGINNING, first - DAY)]
    during: Counter[tuple[Any, ...]] = Counter()
    until: Counter[tuple[Any, ...]] = Counter()
    for (what, place, within), number in _added(found, ("main_class", "within")).items():
        until[what, place] += number
        during[what, place] += number * within
    return during, until


def holdings_at(last: date) -> Sums:
    """How many titles and copies had come and gone by the end of a day, by what and main class."""
    return sums(HOLDINGS, BEGINNING, last, "main_class")


def visits_between(first: date, last: date) -> Mapping[date, int]:
    """The visitors of the days of which they were noted."""
    return dict(Visits.objects.filter(day__range=(first, last)).values_list("day", "number"))


def stale_days(first: date, last: date) -> int:
    """How many of these days are still to be counted again."""
    return StaleDay.objects.filter(day__range=(first, last)).count()


def patrons_now(today: date) -> Counter[tuple[str, str]]:
    """How many people have a card that is open, by category and age group: columns of the register, read there."""
    people = get_user_model()._default_manager.filter(is_active=True, is_staff=False, is_program=False, erased_at=None)
    found: Counter[tuple[str, str]] = Counter()
    for category, born_on, number in people.values_list("category", "born_on").annotate(n=Count("pk")).order_by():
        found[category or "", age_group(born_on, today)] += number
    return found


def category_names(language: str, codes: Collection[str]) -> Mapping[str, str]:
    """The names of categories that somebody is in."""
    name = "category__name_ko" if language.startswith("ko") else "category__name_en"
    people = get_user_model()._default_manager.filter(category__in=codes).order_by()
    return dict(people.values_list("category", name).distinct())

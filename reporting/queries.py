"""What statistics are read from: the counts of days, summed up."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Sum

from kernel.values.groups import age_group
from reporting.models import DayCount, StaleDay, Visits, What

Sums = Mapping[tuple[Any, ...], int]
HOLDINGS = (What.COPIES_ADDED, What.COPIES_WITHDRAWN, What.BOOKS_ADDED, What.BOOKS_WITHDRAWN)


def sums(what: Iterable[str], first: date, last: date, *columns: str) -> Sums:
    """How many there were from a day to another, by what and these columns of `DayCount`; one statement."""
    found = DayCount.objects.filter(what__in=[*what], day__range=(first, last)).order_by()
    rows = found.values_list("what", *columns).annotate(sum=Sum("number"))
    return {tuple(place): int(number) for *place, number in rows}


def holdings_at(last: date) -> Sums:
    """How many titles and copies had come and gone by the end of a day, by what and main class."""
    return sums(HOLDINGS, date.min, last, "main_class")


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

"""Months and what is left of a period beside them."""

from collections.abc import Iterator
from datetime import date, timedelta

DAY = timedelta(days=1)


def end_of_month(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY


def whole_months(first: date, last: date) -> tuple[date, date] | None:
    """The first days of the first and the last month that the period has whole; None where it has none."""
    begin = first if first.day == 1 else end_of_month(first) + DAY
    end = last.replace(day=1) if last == end_of_month(last) else (last.replace(day=1) - DAY).replace(day=1)
    return (begin, end) if begin <= end else None


def days_beside(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The parts of the period that are in none of these months."""
    months = whole_months(first, last)
    if months is None:
        yield first, last
        return
    if first < months[0]:
        yield first, months[0] - DAY
    if last > end_of_month(months[1]):
        yield end_of_month(months[1]) + DAY, last


def months_of(first: date, last: date) -> list[date]:
    """The first days of all months that the period has something of."""
    months = [first.replace(day=1)]
    while (following := end_of_month(months[-1]) + DAY) <= last:
        months.append(following)
    return months

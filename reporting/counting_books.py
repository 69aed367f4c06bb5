"""Counting by month how often each book was lent, from the facts: by statements that the database carries out alone."""

from datetime import date
from typing import Any

from django.db.models import Max

from kernel.eventbus.locks import exclusive
from kernel.storage.databases import atomic_in, connection_of
from reporting.models import BookMonth, MonthCount, UncountedMonth, What
from reporting.periods import end_of_month

COUNT = """
    INSERT INTO reporting_bookmonth (month, book_id, copies)
    SELECT %s, book_id, SUM(copies) FROM reporting_loanfact
    WHERE day BETWEEN %s AND %s AND {which} GROUP BY book_id
    ON CONFLICT (book_id, month) DO UPDATE SET copies = excluded.copies
    WHERE reporting_bookmonth.copies <> excluded.copies
"""
OF_DAYS = COUNT.format(which="book_id IN (SELECT book_id FROM reporting_loanfact WHERE day {days})")
ALL = COUNT.format(which="book_id IS NOT NULL")


def count_books_of(month: date, among: str, days: Any, cursor: Any) -> None:
    """Counts again the books that were lent on `days` of a month, the parameter of `among`. Whatever becomes of a loan,
    it keeps its day and its book, so no other book changed."""
    cursor.execute(OF_DAYS.format(days=among), [month, month, end_of_month(month), days])


@atomic_in("reporting")
def count_uncounted_month(counting: int) -> date | None:
    """Counts the first month whole that is to be, if one is over: a later one has loans."""
    connection = connection_of("reporting")
    exclusive(counting, connection.alias)
    newest = MonthCount.objects.filter(what=What.LOANS).aggregate(newest=Max("month"))["newest"]
    found = UncountedMonth.objects.filter(month__lt=newest).order_by("month").first() if newest else None
    if found is None:
        return None
    month = found.month
    BookMonth.objects.filter(month=month).delete()
    with connection.cursor() as cursor:
        cursor.execute(ALL, [month, month, end_of_month(month)])
    found.delete()
    return month

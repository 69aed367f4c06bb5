"""The books of which most copies were lent, found without a look at every loan.

A book of which `least` copies were lent in a period of so many months had at least their part of it in one of them. So
the first places of single months give a bound that the last place is not below, and the bound says which few books of
the months can have a place at all.
"""

from datetime import date
from typing import Any

from kernel.storage.databases import connection_of
from reporting.periods import days_beside, months_of, whole_months

Ranked = list[tuple[int, str, int]]
MOST_MONTHS = 24
"""Whose first places give the bound; fewer than there are give a lower one, which is as true."""

FIRST_PLACES = """SELECT book_id FROM
    (SELECT book_id FROM reporting_bookmonth WHERE month = %s ORDER BY copies DESC, book_id DESC LIMIT %s) places"""
OF_MONTHS = "SELECT book_id FROM reporting_bookmonth WHERE month BETWEEN %s AND %s AND copies >= %s"
OF_DAYS = "SELECT book_id FROM reporting_loanfact WHERE day BETWEEN %s AND %s AND book_id IS NOT NULL"
LENT = """
    SELECT book_id, copies FROM {table} WHERE {time} BETWEEN %s AND %s AND book_id IN (SELECT book_id FROM chosen)
"""
IN_MONTHS = LENT.format(table="reporting_bookmonth", time="month")
ON_DAYS = LENT.format(table="reporting_loanfact", time="day")
BOUND = """
    WITH chosen AS ({chosen}) SELECT
    (SELECT COUNT(*) FROM reporting_uncountedmonth WHERE month BETWEEN %s AND %s),
    (SELECT SUM(copies) FROM ({lent}) lent GROUP BY book_id ORDER BY 1 DESC LIMIT 1 OFFSET %s)
"""
RANKED = """
    WITH chosen AS (SELECT DISTINCT book_id FROM ({chosen}) found), ranked AS (
        SELECT book_id, SUM(copies) AS copies FROM ({lent}) lent GROUP BY book_id
        HAVING SUM(copies) > 0 ORDER BY 2 DESC, 1 LIMIT %s
    )
    SELECT ranked.book_id, COALESCE(book.title, ''), ranked.copies
    FROM ranked LEFT JOIN reporting_bookfact book ON book.book_id = ranked.book_id ORDER BY 3 DESC, 1
"""


def most_borrowed(first: date, last: date, number: int) -> Ranked:
    """So many books of which most copies were lent in a period: the id, the title, and how many; two statements."""
    months = months_of(first, last)
    places = [value for month in months[-MOST_MONTHS:] for value in (month, number)]
    chosen = " UNION ".join([FIRST_PLACES] * (len(places) // 2))
    lent, period = _lent(first, last)
    span = (months[0], months[-1])
    ((uncounted, least),) = _rows(BOUND.format(chosen=chosen, lent=lent), [*places, *span, *period, number - 1])

    if uncounted:
        every_loan = RANKED.format(chosen=OF_DAYS, lent=ON_DAYS)
        return _ranked(every_loan, [first, last, first, last, number])
    at_least = max(1, -(-int(least or 0) // len(months)))
    return _ranked(RANKED.format(chosen=OF_MONTHS, lent=lent), [*span, at_least, *period, number])


def _lent(first: date, last: date) -> tuple[str, list[date]]:
    """A row with its copies for each whole month and each loan beside those of the chosen books, and what it asks."""
    months = whole_months(first, last)
    parts = [(ON_DAYS, part) for part in days_beside(first, last)] + ([(IN_MONTHS, months)] if months else [])
    return " UNION ALL ".join(part for part, _days in parts), [day for _part, days in parts for day in days]


def _ranked(statement: str, asked: list[Any]) -> Ranked:
    return [(int(book), str(title), int(copies)) for book, title, copies in _rows(statement, asked)]


def _rows(statement: str, asked: list[Any]) -> list[Any]:
    with connection_of("reporting").cursor() as cursor:
        cursor.execute(statement, asked)
        return cursor.fetchall()

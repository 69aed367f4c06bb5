"""Counting stale days anew, from the facts: by statements that the database carries out alone."""

import json
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from kernel.eventbus.locks import exclusive
from kernel.storage.databases import atomic_in, connection_of
from reporting.counting_books import count_books_of, count_uncounted_month
from reporting.models import DayCount, HourCount, MonthCount, StaleDay
from reporting.periods import end_of_month

DAYS_AT_ONCE = 7
"""In one transaction; each is a few thousand rows read and a thousand written, where much is lent."""
COUNTING = 0x6C69_6276

OF_LOAN = "COALESCE(loan.main_class, ''), COALESCE(loan.category, ''), COALESCE(loan.age_group, ''), "
OF_LOAN += "COALESCE(loan.copy_type, '')"
OF_COPY = "COALESCE(book.main_class, ''), '', '', copy.copy_type"
BY_ALL = "GROUP BY 1, 2, 3, 4, 5, 6"
COUNTED = (
    f"""
    SELECT 'loans', loan.day, {OF_LOAN}, SUM(loan.copies) FROM reporting_loanfact loan
    WHERE loan.day {{days}} AND loan.copies > 0 {BY_ALL}
    """,  # noqa: S608  only names of our own columns are put in, here and below
    f"""
    SELECT 'returns', fact.day, {OF_LOAN}, SUM(fact.copies) FROM reporting_returnfact fact
    LEFT JOIN reporting_loanfact loan ON loan.loan_id = fact.loan_id
    WHERE fact.day {{days}} AND fact.copies > 0 {BY_ALL}
    """,  # noqa: S608
    f"""
    SELECT 'renewals', fact.day, {OF_LOAN}, SUM(fact.copies) FROM reporting_renewalfact fact
    LEFT JOIN reporting_loanfact loan ON loan.loan_id = fact.loan_id
    WHERE fact.day {{days}} AND fact.copies > 0 {BY_ALL}
    """,  # noqa: S608
    *(
        f"""
    SELECT 'copies_{how}', copy.{how}_on, {OF_COPY}, COUNT(*) FROM reporting_copyfact copy
    LEFT JOIN reporting_bookfact book ON book.book_id = copy.book_id
    WHERE copy.{how}_on {{days}} AND copy.added_on IS NOT NULL {BY_ALL}
    """  # noqa: S608
        for how in ("added", "withdrawn")
    ),
    *(
        f"""
    SELECT 'books_{how}', book.{how}_on, book.main_class, '', '', '', COUNT(*) FROM reporting_bookfact book
    WHERE book.{how}_on {{days}} AND book.added_on IS NOT NULL {BY_ALL}
    """  # noqa: S608
        for how in ("added", "withdrawn")
    ),
    f"""
    SELECT CASE WHEN was_erased THEN 'patrons_erased' ELSE 'patrons_registered' END, day, '', '', '', '', COUNT(*)
    FROM reporting_patronfact WHERE day {{days}} {BY_ALL}
    """,  # noqa: S608
    *(
        f"""
    SELECT '{what}', day, '', '', '', '', SUM(amount) FROM reporting_{kind}fact
    WHERE day {{days}} AND amount <> 0 {BY_ALL}
    """  # noqa: S608
        for what, kind in (("charged", "fine"), ("waived", "waiver"))
    ),
)
COUNTED_BY_HOUR = " UNION ALL ".join(
    f"""
    SELECT '{kind}s', day, hour, SUM(copies) FROM reporting_{kind}fact
    WHERE day {{days}} AND copies > 0 GROUP BY day, hour
    """  # noqa: S608
    for kind in ("loan", "return", "renewal")
)
INSERT_BY_HOUR = "INSERT INTO reporting_hourcount (what, day, hour, number) {counted}"
INSERT = "INSERT INTO reporting_daycount (what, day, main_class, category, age_group, copy_type, number) {counted}"
SUM_UP = """
    INSERT INTO reporting_monthcount (what, month, main_class, category, age_group, copy_type, number)
    SELECT what, %s, main_class, category, age_group, copy_type, SUM(number) FROM reporting_daycount
    WHERE day BETWEEN %s AND %s GROUP BY what, main_class, category, age_group, copy_type
"""
AMONG = {"postgresql": "= ANY (%s::date[])", "sqlite": "IN (SELECT value FROM json_each(%s))"}


def count_stale_days(should_stop: Callable[[], bool] = lambda: False) -> int:
    """Counts the days of which something changed, the newest first; how many there were. What it leaves because it
    should stop, it does when it is called again."""
    done = 0
    while days := count_some():
        done += len(days)
        if should_stop():
            return done
    while not should_stop() and count_uncounted_month(COUNTING):
        pass
    return done


@atomic_in("reporting")
def count_some() -> list[date]:
    """Counts a few stale days in one transaction, and returns them. One worker counts at a time."""
    connection = connection_of("reporting")
    exclusive(COUNTING, connection.alias)
    # Locked in their order, as those who mark days do it, and taken away before anything is counted: what they change
    # is there by then, or marks the day anew.
    newest = list(StaleDay.objects.order_by("-day").values_list("day", flat=True)[:DAYS_AT_ONCE])
    days = list(
        StaleDay.objects.select_for_update().filter(day__in=newest).order_by("day").values_list("day", flat=True)
    )
    StaleDay.objects.filter(day__in=days).delete()

    for counts in (DayCount, HourCount):
        counts.objects.filter(day__in=days).delete()
    among, asked = AMONG[connection.vendor], _parameter(days, connection.vendor)
    with connection.cursor() as cursor:
        for counted in COUNTED if days else ():
            cursor.execute(INSERT.format(counted=counted.format(days=among)), [asked])
        if days:
            cursor.execute(INSERT_BY_HOUR.format(counted=COUNTED_BY_HOUR.format(days=among)), [asked] * 3)
        for month in sorted({day.replace(day=1) for day in days}):
            MonthCount.objects.filter(month=month).delete()
            cursor.execute(SUM_UP, [month, month, end_of_month(month)])
            own = [day for day in days if day.replace(day=1) == month]
            count_books_of(month, among, _parameter(own, connection.vendor), cursor)
    return days


def _parameter(days: Collection[date], vendor: str) -> Any:
    return list(days) if vendor == "postgresql" else json.dumps(list(map(str, days)))

"""The measurement of `benchmarks.statistics_of_a_year`, on the empty database at `DATABASE_URL`."""

import sys
import time
from collections.abc import Callable
from datetime import date

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from reporting.counting import count_some, count_stale_days  # noqa: E402
from reporting.marking import mark_stale  # noqa: E402
from reporting.models import DayCount  # noqa: E402
from reporting.ranking import most_borrowed  # noqa: E402
from reporting.reading.crossing import crossed  # noqa: E402
from reporting.reading.report import report_of  # noqa: E402
from reporting.sheets.xlsx import xlsx_of  # noqa: E402

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
SERIES = "WITH RECURSIVE made (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM made WHERE n < {loans}) SELECT n FROM made"
NUMBERS = {"postgresql": "generate_series(1, {loans}) AS made (n)", "sqlite": f"({SERIES})"}
DAY = {
    "postgresql": "DATE '2026-01-01' + (n %% 365)::int",
    "sqlite": "date('2026-01-01', '+' || (n %% 365) || ' days')",
}
PICKED = {
    "postgresql": "(ARRAY[{}])[1 + (n / {}) %% {}]",
    "sqlite": "json_extract('[{}]', '$[' || ((n / {}) %% {}) || ']')",
}
FACTS_OF_LOANS = """
    INSERT INTO reporting_loanfact
        (loan_id, day, hour, book_id, main_class, category, age_group, copy_type, copies, version)
    SELECT n, {day}, {hours}, {book}, {classes}, {category}, {ages}, {types}, 1, 1
    FROM {numbers}
"""
FACTS_OF_RETURNS = """
    INSERT INTO reporting_returnfact (return_id, loan_id, day, hour, copies, version)
    SELECT n, n, {day}, {hours}, 1, 2 FROM {numbers}
"""
SPREAD = "(CAST(n AS bigint) * 7919 %% 1000003)"
BOOK = f"1 + {SPREAD} * {SPREAD} / 1000003"
"""Of a million, the first are lent most: the first five thousand times in five million loans, the fiftieth 355 times,
and half of all loans are of a quarter of the books."""
AGES = ("", "0", "6", "8", "14", "20", "30", "40", "50", "60")


def measure(loans: int) -> None:
    """Fills, counts and reads."""
    call_command("migrate", verbosity=0)
    print(f"{connection.display_name}, {loans:,} loans and returns in a year")
    _timed("the facts are made", lambda: _fill(loans))
    mark_stale(date.fromordinal(FIRST.toordinal() + number) for number in range(365))
    _timed("all days are counted", count_stale_days)
    print(f"{DayCount.objects.count():,} counts")
    mark_stale([LAST])
    _timed("one day is counted again", count_some)
    for name, read in (
        ("the report", lambda: report_of(FIRST, LAST, LAST, lambda *_: "")),
        ("the report as a workbook", lambda: xlsx_of("", report_of(FIRST, LAST, LAST, lambda *_: ""))),
        ("months by class", lambda: crossed("loans", FIRST, LAST, "month", "main_class", lambda *_: "")),
        ("hours by weekday", lambda: crossed("loans", FIRST, LAST, "hour", "weekday", lambda *_: "")),
        ("the most borrowed", lambda: most_borrowed(FIRST, LAST, 50)),
        ("days by age", lambda: crossed("loans", FIRST, LAST, "day", "age_group", lambda *_: "")),
    ):
        _timed(name, read)


def _fill(loans: int) -> None:
    vendor = connection.vendor
    numbers, day = NUMBERS[vendor].format(loans=loans), DAY[vendor]
    classes = _picked([str(digit) for digit in range(10)], 365)
    category = _picked(["child", "adult", "teacher", "senior", ""], 3_650)
    hours = _picked([f"{hour:02}" for hour in range(9, 22)], 30)
    ages, types = _picked(list(AGES), 700), _picked(["", "dvd", "large"], 1_100)
    with connection.cursor() as cursor:
        for statement in (FACTS_OF_LOANS, FACTS_OF_RETURNS):
            parts = {
                "day": day,
                "book": BOOK,
                "hours": hours,
                "classes": classes,
                "category": category,
                "ages": ages,
                "types": types,
            }
            cursor.execute(statement.format(numbers=numbers, **parts).replace("%%", "%"))
        if vendor == "postgresql":
            cursor.execute("ANALYZE")


def _picked(values: list[str], every: int) -> str:
    quote = "'" if connection.vendor == "postgresql" else '"'
    return PICKED[connection.vendor].format(",".join(f"{quote}{one}{quote}" for one in values), every, len(values))


def _timed(what: str, work: Callable[[], object]) -> None:
    began = time.monotonic()
    work()
    print(f"{time.monotonic() - began:8.2f} s  {what}", flush=True)


if __name__ == "__main__":
    measure(int(sys.argv[1]))

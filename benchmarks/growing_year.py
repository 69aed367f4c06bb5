"""A year of loans, made of some that were lent, delivered and taken back: the database copies their rows, a part of the
year after the other, so that what a year takes, and what is left of it once months are closed, is measured."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from benchmarks.made import execute, know_the_sizes
from kernel.eventbus.months.numbers import FIRST, first_id_of
from library.operations.closing import close_events
from notices.retention import apply_retention

MONTHS, KEPT = 12, 2
"""`KEEP_EVENTS_MONTHS=1` keeps a month and the one that runs."""
DAYS = 365
UUID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
REINDEX = {"postgresql": "REINDEX TABLE", "sqlite": "REINDEX"}
COLUMNS = {
    "postgresql": "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %(table)s",
    "sqlite": "SELECT name, lower(type) FROM pragma_table_info(%(table)s)",
}
LATER = {
    "postgresql": {"date": "{name} + {days}", "timestamp with time zone": "{name} + {days} * interval '1 day'"},
    "sqlite": {
        "date": "date({name}, '{days} days')",
        "datetime": "date({name}, '{days} days') || substr({name}, 11)",
    },
}
"""Distinct moments of a whole year, as loans have them: an index of many alike ones is small on PostgreSQL."""


class Copied(NamedTuple):
    """A table, its key, and the columns that are ids, each with the table whose ids they are."""

    table: str
    key: str
    ids: Mapping[str, str]


LOAN, RETURN, LINE, EVENT = "lending_loan", "lending_return", "lending_loanline", "eventbus_event"
ROWS = (
    Copied(LOAN, "id", {"id": LOAN}),
    Copied(RETURN, "id", {"id": RETURN, "loan_id": LOAN}),
    Copied(LINE, "id", {"id": LINE, "loan_id": LOAN, "brought_back_id": RETURN}),
    Copied("dashboard_loanrow", "loan_id", {"loan_id": LOAN}),
    Copied("notices_loanrow", "loan_id", {"loan_id": LOAN}),
    Copied("reporting_loanfact", "loan_id", {"loan_id": LOAN}),
    Copied("reporting_returnfact", "return_id", {"return_id": RETURN, "loan_id": LOAN}),
)


def fill_a_year(loans: int, progress: Callable[[int], None]) -> int:
    """Copies what there is until there are about so many loans, their events in twelve months; returns how many."""
    spans = {table: _number(f"SELECT max(id) FROM {table}") for table in (LOAN, RETURN, LINE, EVENT)}
    there = _number("SELECT count(*) FROM lending_loan")
    copies = max(loans // there, MONTHS)
    if connection.vendor == "postgresql":
        for month in range(FIRST, FIRST + MONTHS):
            execute(f"SELECT eventbus_make_month({month})")
        execute("SET session_replication_role = replica")
    for table in (*(rows.table for rows in ROWS), EVENT):
        _begin_a_year_ago(table)
        execute(f"{REINDEX[connection.vendor]} {table}")  # else what comes is put before the place of what was moved
    know_the_sizes()
    for number in range(1, copies + 1):
        grown = {table: span * number for table, span in spans.items()}
        for rows in ROWS:
            changed = {name: f"{name} + {grown[of]}" for name, of in rows.ids.items()}
            _copy(rows.table, f"{rows.key} <= {spans[rows.ids[rows.key]]}", changed, number * DAYS // copies)
        _copy_events(number, copies, spans, grown[LOAN])
        progress(there)
    apply_retention(timezone.now())
    if connection.vendor == "postgresql":  # as if those rows had gone day by day
        execute("VACUUM FULL notices_loanrow")
    know_the_sizes()
    return there * copies


def close_the_first_months() -> int:
    """Closes all but the last ones, as a library does that keeps them; how many months there were."""
    closed = len(close_events(FIRST + MONTHS - KEPT, now=timezone.now()))
    if connection.vendor == "postgresql":  # as if its rows had gone month by month
        execute("VACUUM FULL dashboard_loanrow")
    return closed


def _copy_events(number: int, copies: int, spans: Mapping[str, int], loans: int) -> None:
    part = first_id_of(FIRST + (number - 1) * MONTHS // copies)
    begun = {
        "id": f"{part} + {(number - 1) * spans[EVENT]} + id",
        "uuid": UUID[connection.vendor],
        "position": f"position + {number * spans[EVENT]}",
        "key": f"CASE WHEN key LIKE 'loan:%%' THEN 'loan:' || (CAST(substr(key, 6) AS bigint) + {loans}) ELSE key END",
    }
    _copy(EVENT, f"id <= {spans[EVENT]}", begun, number * DAYS // copies)


def _copy(table: str, which: str, changed: Mapping[str, str], days: int) -> None:
    said = {**_moved(table, days), **changed}
    names = ", ".join(f'"{name}"' for name in said)
    execute(f"INSERT INTO {table} ({names}) SELECT {', '.join(said.values())} FROM {table} WHERE {which}")


def _begin_a_year_ago(table: str) -> None:
    moved = ", ".join(f'"{name}" = {value}' for name, value in _moved(table, -DAYS).items() if value != f'"{name}"')
    execute(f"UPDATE {table} SET {moved}")


def _moved(table: str, days: int) -> dict[str, str]:
    """Its columns, each with what it is so many days later."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS[connection.vendor], {"table": table})
        types, later = dict(cursor.fetchall()), LATER[connection.vendor]
    return {name: later.get(kind, "{name}").format(name=f'"{name}"', days=days) for name, kind in types.items()}


def _number(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])

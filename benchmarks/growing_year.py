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
COLUMNS = {
    "postgresql": "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %(table)s",
    "sqlite": "SELECT name, lower(type) FROM pragma_table_info(%(table)s)",
}
EARLIER = {
    "postgresql": {"date": "{name} - {days}", "timestamp with time zone": "{name} - {days} * interval '1 day'"},
    "sqlite": {
        "date": "date({name}, '-{days} days')",
        "datetime": "date({name}, '-{days} days') || substr({name}, 11)",
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
    for number in range(1, copies + 1):
        grown = {table: span * number for table, span in spans.items()}
        for rows in ROWS:
            changed = {name: f"{name} + {grown[of]}" for name, of in rows.ids.items()}
            _copy(rows.table, f"{rows.key} <= {spans[rows.ids[rows.key]]}", changed, DAYS - number * DAYS // copies)
        _copy_events(number, copies, spans, grown[LOAN])
        progress(there)
    apply_retention(timezone.now())
    know_the_sizes()
    return there * copies


def close_the_first_months() -> int:
    """Closes all but the last ones, as a library does that keeps them; how many months there were."""
    return len(close_events(FIRST + MONTHS - KEPT, now=timezone.now()))


def _copy_events(number: int, copies: int, spans: Mapping[str, int], loans: int) -> None:
    part = first_id_of(FIRST + (number - 1) * MONTHS // copies)
    begun = {
        "id": f"{part} + {(number - 1) * spans[EVENT]} + id",
        "uuid": UUID[connection.vendor],
        "position": f"position + {number * spans[EVENT]}",
        "key": f"CASE WHEN key LIKE 'loan:%%' THEN 'loan:' || (CAST(substr(key, 6) AS bigint) + {loans}) ELSE key END",
    }
    _copy(EVENT, f"id <= {spans[EVENT]}", begun, DAYS - number * DAYS // copies)


def _copy(table: str, which: str, changed: Mapping[str, str], days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS[connection.vendor], {"table": table})
        types = dict(cursor.fetchall())
    earlier = {
        name: how.format(name=f'"{name}"', days=days)
        for name, kind in types.items()
        if (how := EARLIER[connection.vendor].get(kind))
    }
    said = {f'"{name}"': {**earlier, **changed}.get(name, f'"{name}"') for name in types}
    execute(f"INSERT INTO {table} ({', '.join(said)}) SELECT {', '.join(said.values())} FROM {table} WHERE {which}")


def _number(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])

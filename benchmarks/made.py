"""Rows by the million, made by the database itself: in one statement for each table, the same on both kinds."""

from datetime import datetime

from django.db import connection

NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})\n"


def make(table: str, columns: str, values: str, *, last: int, first: int = 1, **parameters: object) -> None:
    """Inserts a row for each number `n` from `first` to `last`; `values` tells its columns by `n`."""
    if connection.vendor == "postgresql":
        execute("SET session_replication_role = replica")  # what is made fits together: no foreign key is looked up
    numbers = NUMBERS.format(first=first, last=last)
    execute(f"INSERT INTO {table} ({columns})\n{numbers}SELECT {values} FROM numbers", **parameters)
    if connection.vendor == "postgresql":
        execute("SET session_replication_role = DEFAULT")


def execute(statement: str, **parameters: object) -> int:
    """Runs one statement and returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {name: _as_stored(value) for name, value in parameters.items()})
        return int(cursor.rowcount)


def know_the_sizes() -> None:
    """Lets the planner count what was made: plans made on empty tables stay slow."""
    execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def go_on_counting(*tables: str) -> None:
    """Has the ids of rows to come begin after those that were made with ids of their own. SQLite does so by itself."""
    if connection.vendor == "postgresql":
        for table in tables:
            execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def _as_stored(value: object) -> object:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value

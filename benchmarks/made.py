"""Rows by the million: made by the database itself, in one statement for each table, or copied into it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from django.db import connection

NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})\n"


def make(
    table: str, columns: str, values: str, *, last: int, first: int = 1, where: str = "true", **parameters: object
) -> None:
    """Inserts a row for each number `n` from `first` to `last`, `where` that holds; `values` tells its columns by
    `n`."""
    if connection.vendor == "postgresql":
        execute("SET session_replication_role = replica")  # what is made fits together: no foreign key is looked up
    numbers = NUMBERS.format(first=first, last=last)
    execute(f"INSERT INTO {table} ({columns})\n{numbers}SELECT {values} FROM numbers WHERE {where}", **parameters)
    if connection.vendor == "postgresql":
        execute("SET session_replication_role = DEFAULT")


def copy_rows(table: str, columns: list[str], rows: Iterable[tuple]) -> None:
    """Writes the rows by COPY on PostgreSQL, by one statement for each thousand on SQLite."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            insert, rows = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})", iter(rows)
            while batch := list(islice(rows, 1_000)):
                cursor.executemany(insert, batch)


INDEXES = {
    "postgresql": """
        SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %(table)s AND indexdef NOT LIKE '%% UNIQUE %%'
    """,
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %(table)s AND sql <> ''",
}


@contextmanager
def indexed_afterwards(*tables: str) -> Iterator[None]:
    """Fills tables while they have no indexes, and makes those at the end: many rows are sorted once."""
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(INDEXES[connection.vendor], {"table": table})
            found += cursor.fetchall()
    for name, _ in found:
        execute(f"DROP INDEX {name}")
    yield
    for _, definition in found:
        with connection.cursor() as cursor:
            cursor.execute(definition.replace(" ON ONLY ", " ON "))  # of the log: on each of its months


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

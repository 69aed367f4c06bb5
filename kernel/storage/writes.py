"""Statements that belong together. PostgreSQL does them in one: sending each by itself takes as long as a small one."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper


class Write(NamedTuple):
    """A statement that inserts or updates rows, and its parameters. On PostgreSQL those behind it may read what it
    returns, by its name, and see nothing else of what it did; on SQLite they see it in the tables."""

    name: str
    statement: str
    parameters: Sequence[Any]


def write(connection: BaseDatabaseWrapper, writes: Sequence[Write]) -> None:
    """Does them in their order within the caller's transaction. Raises `IntegrityError` and `DataError`."""
    if not writes:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_in_one(writes), [value for one in writes for value in one.parameters])
        else:
            for one in writes:
                cursor.execute(one.statement, one.parameters)


def _in_one(writes: Sequence[Write]) -> str:
    *before, last = writes
    named = ", ".join(f"{one.name} AS ({one.statement})" for one in before)
    return f"WITH {named} {last.statement}" if before else last.statement

"""Writes rows of one table by one statement, from instances, several times as fast as `save`, `bulk_create` and
`bulk_update`: these ask each field of each row how its value is written, and write one long statement for few rows.

Columns hold plain values, days and moments, UUIDs, and JSON.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache, partial
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from kernel.storage.rows import Column, rows_of


def insert_rows(rows: Sequence[models.Model], alias: str | None) -> None:
    """Inserts new rows of one table within the caller's transaction, in their order, and gives each its id.

    `alias` is a database's, as `using` takes it. Raises `IntegrityError` and `DataError`.
    """
    if not rows:
        return
    if len(rows) == 1:
        insert_row(rows[0], alias)
        return
    table, connection = type(rows[0])._meta, connections[alias or DEFAULT_DB_ALIAS]
    fields = [field for field in table.concrete_fields if not field.primary_key]
    insert = {"postgresql": _insert_into_postgresql, "sqlite": _insert_into_sqlite}[connection.vendor]
    for row, row_id in zip(rows, insert(connection, table, fields, rows), strict=True):
        row.pk = row_id
        row._state.adding, row._state.db = False, connection.alias


def insert_row(row: models.Model, alias: str | None, *, or_nothing: bool = False) -> bool:
    """Inserts a new row, also outside of a transaction, and gives it its id; with `or_nothing`, not where there is one
    with its key already. Whether it was inserted. Raises `IntegrityError` and `DataError`."""
    table, connection = type(row)._meta, connections[alias or DEFAULT_DB_ALIAS]
    fields = [field for field in table.concrete_fields if not field.primary_key]
    places, otherwise = ", ".join(["%s"] * len(fields)), "ON CONFLICT DO NOTHING" if or_nothing else ""
    into = f'INSERT INTO "{table.db_table}" ({_names(fields)}) VALUES ({places})'  # noqa: S608  names of columns
    with connection.cursor() as cursor:
        cursor.execute(f"{into} {otherwise} RETURNING id", [value for (value,) in _columns(connection, fields, [row])])
        inserted = cursor.fetchall()
    for (row_id,) in inserted:
        row.pk = row_id
        row._state.adding, row._state.db = False, connection.alias
    return bool(inserted)


def update_rows(rows: Sequence[models.Model], names: Sequence[str], alias: str | None) -> None:
    """Writes these columns of rows that are there already, within the caller's transaction. Raises `IntegrityError`
    and `DataError`."""
    if not rows:
        return
    table, connection = type(rows[0])._meta, connections[alias or DEFAULT_DB_ALIAS]
    fields = [table.get_field(name) for name in names]
    update = {"postgresql": _update_postgresql, "sqlite": _update_sqlite}[connection.vendor]
    update(connection, table, fields, rows)


def upsert_rows(rows: Sequence[models.Model], alias: str | None, otherwise: str) -> None:
    """Inserts rows that bring their own keys; `otherwise` is what stands behind `ON CONFLICT`, for those that are there
    already. Raises `IntegrityError` and `DataError`.
    """
    if not rows:
        return
    table, connection = type(rows[0])._meta, connections[alias or DEFAULT_DB_ALIAS]
    fields = [field for field in table.concrete_fields if field is not table.auto_field]
    columns = _columns(connection, fields, rows)
    into = f'INSERT INTO "{table.db_table}" ({_names(fields)})'
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"{into} VALUES ({places}) ON CONFLICT {otherwise}", list(zip(*columns, strict=True)))
        else:
            found = rows_of(_named(connection, fields, columns))
            new = f"SELECT {found.selected} FROM {found.source}"  # noqa: S608  as above
            cursor.execute(f"{into} {new} ON CONFLICT {otherwise}", found.parameters)


def _insert_into_postgresql(connection: BaseDatabaseWrapper, table: Any, fields: Any, rows: Any) -> list[int]:
    found = rows_of(_named(connection, fields, _columns(connection, fields, rows)))
    statement = f"""
        INSERT INTO "{table.db_table}" ({_names(fields)})
        SELECT {found.selected} FROM {found.source} ORDER BY row.ordinality RETURNING id
    """  # noqa: S608  only names of the model's columns are put in
    with connection.cursor() as cursor:
        cursor.execute(statement, found.parameters)
        return [row_id for (row_id,) in cursor.fetchall()]


def _insert_into_sqlite(connection: BaseDatabaseWrapper, table: Any, fields: Any, rows: Any) -> range:
    places = ", ".join(["%s"] * len(fields))
    statement = f'INSERT INTO "{table.db_table}" ({_names(fields)}) VALUES ({places})'  # noqa: S608  as above
    *others, last_row = zip(*_columns(connection, fields, rows), strict=True)
    with connection.cursor() as cursor:
        if others:
            cursor.executemany(statement, others)
        cursor.execute(statement, last_row)  # only one that is inserted by itself tells its id
        last = int(cursor.lastrowid)
    # Nobody else writes to SQLite meanwhile, so that the ids follow each other.
    return range(last - len(rows) + 1, last + 1)


def _update_postgresql(connection: BaseDatabaseWrapper, table: Any, fields: Any, rows: Any) -> None:
    values = ", ".join(f'"{field.column}" = row."{field.column}"' for field in fields)
    own = [table.pk, *fields]
    statement = f"""
        UPDATE "{table.db_table}" SET {values} FROM unnest({_arrays(connection, own)}) AS row ({_names(own)})
        WHERE "{table.db_table}".id = row.id
    """  # noqa: S608  as above
    with connection.cursor() as cursor:
        cursor.execute(statement, _columns(connection, own, rows))


def _update_sqlite(connection: BaseDatabaseWrapper, table: Any, fields: Any, rows: Any) -> None:
    values = ", ".join(f'"{field.column}" = %s' for field in fields)
    statement = f'UPDATE "{table.db_table}" SET {values} WHERE id = %s'  # noqa: S608  as above
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(zip(*_columns(connection, [*fields, table.pk], rows), strict=True)))


def _named(connection: BaseDatabaseWrapper, fields: Any, columns: Any) -> list[Column]:
    columns = zip(_types(connection, fields), columns, strict=True)
    return [Column(field.column, *column) for field, column in zip(fields, columns, strict=True)]


def _names(fields: Any) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


def _arrays(connection: BaseDatabaseWrapper, fields: Any) -> str:
    """A place for each column as an array."""
    return ", ".join(f"%s::{type_name}[]" for type_name in _types(connection, fields))


def _types(connection: BaseDatabaseWrapper, fields: Any) -> list[str]:
    """Of each column its type, without its length: a cast would cut what is too long."""
    types = [(field.rel_db_type if field.primary_key else field.db_type)(connection) for field in fields]
    return [type_name.partition("(")[0] for type_name in types]


def _columns(connection: BaseDatabaseWrapper, fields: Any, rows: Any) -> list[Any]:
    """The values of each field, as the database takes them."""
    columns: list[Any] = list(zip(*map(attrgetter(*(field.attname for field in fields)), rows), strict=True))
    for place, field in enumerate(fields):
        if write := _writer(field, connection):
            columns[place] = [value if value is None else write(value) for value in columns[place]]
        elif connection.vendor == "postgresql":
            columns[place] = list(columns[place])
    return columns


def _writer(field: Any, connection: BaseDatabaseWrapper) -> Callable[[Any], Any] | None:
    """What a value is made of that the database does not take as it is."""
    if isinstance(field, models.JSONField):
        return partial(json.dumps, cls=field.encoder)
    if isinstance(field, models.DateTimeField) and connection.vendor == "sqlite":
        return cache(connection.ops.adapt_datetimefield_value)
    if isinstance(field, models.UUIDField) and connection.vendor == "sqlite":
        return attrgetter("hex")
    return None

"""How a handler projects events onto rows: the newest event wins, in one statement for many rows."""

from collections.abc import Collection, Sequence
from operator import attrgetter

from django.db import connections, models, router


def keep_newest(rows: Sequence[models.Model], *, by: str = "version", at_first: Collection[str] = ()) -> None:
    """Upserts rows, except where a row with a higher number in its column `by` exists already.

    Columns named in `at_first` are written for new rows only. Of several rows with the same primary key the last one
    with the highest number counts. So an event delivered twice, or late, does no harm.
    """
    newest = {row.pk: row for row in sorted(rows, key=attrgetter(by))}
    if not newest:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    quote, fields = connection.ops.quote_name, model._meta.concrete_fields
    # Not the key, though it stays the same: PostgreSQL would lock the row against inserts that refer to it.
    changed = [quote(field.attname) for field in fields if not field.primary_key and field.name not in at_first]
    assignments = [f"{column} = excluded.{column}" for column in changed]
    placeholders = f"({', '.join(['%s'] * len(fields))})"
    statement = f"""
        INSERT INTO {quote(model._meta.db_table)} ({", ".join(quote(field.attname) for field in fields)})
        VALUES {", ".join([placeholders] * len(newest))}
        ON CONFLICT ({quote(model._meta.pk.attname)}) DO UPDATE SET {", ".join(assignments)}
        WHERE {quote(model._meta.db_table)}.{quote(by)} <= excluded.{quote(by)}
    """  # noqa: S608  names of our own models; values go in as parameters
    cells = [(field, field.value_from_object(row)) for row in newest.values() for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, [field.get_db_prep_save(value, connection) for field, value in cells])

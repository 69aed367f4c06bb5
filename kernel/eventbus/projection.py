"""How a handler projects events onto rows: the newest event wins, in one statement for many rows."""

from collections.abc import Collection, Sequence
from operator import attrgetter

from django.db import models, router
from django.db.backends.base.base import BaseDatabaseWrapper

from kernel.storage.bulk import upsert_rows


class RowidField(models.BigIntegerField):
    """A whole number as the primary key of very many rows, given by whoever writes them. On SQLite it is the rowid, by
    which rows are stored; a `bigint` would have an index besides."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """SQLite takes only a column of this type for its rowid."""
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


def keep_newest(rows: Sequence[models.Model], *, by: str = "version", at_first: Collection[str] = ()) -> None:
    """Upserts rows, except where a row with a higher number in its column `by` exists already.

    Columns named in `at_first` are written for new rows only. Of several rows with the same primary key the last one
    with the highest number counts. So an event delivered twice, or late, does no harm.
    """
    newest = {row.pk: row for row in sorted(rows, key=attrgetter(by))}
    if not newest:
        return
    table = type(rows[0])._meta
    # Not the key, though it stays the same: PostgreSQL would lock the row against inserts that refer to it.
    changed = [one.column for one in table.concrete_fields if not one.primary_key and one.name not in at_first]
    assignments = ", ".join(f'"{column}" = excluded."{column}"' for column in changed)
    unless_newer = f'WHERE "{table.db_table}"."{by}" <= excluded."{by}"'
    otherwise = f'("{table.pk.column}") DO UPDATE SET {assignments} {unless_newer}'
    upsert_rows(sorted(newest.values(), key=attrgetter("pk")), router.db_for_write(type(rows[0])), otherwise)

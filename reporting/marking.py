"""Setting facts, and marking the days that they change."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db import models

from kernel.storage.bulk import upsert_rows
from kernel.storage.databases import connection_of, database_of

MARK = """
    INSERT INTO reporting_staleday (day) VALUES {places} ON CONFLICT (day) DO UPDATE SET day = excluded.day
"""


def set_columns(facts: Sequence[models.Model], columns: Collection[str]) -> None:
    """Writes these columns of facts, and the others of those that are new. They are set once and stay so."""
    if not facts:
        return
    unique = {fact.pk: fact for fact in facts}
    set_them = ", ".join(f"{column} = excluded.{column}" for column in columns)
    rows, key = [unique[pk] for pk in sorted(unique)], facts[0]._meta.pk.column
    upsert_rows(rows, database_of("reporting"), f"({key}) DO UPDATE SET {set_them}")


def mark_stale(days: Iterable[date]) -> None:
    """Has these days counted again, once what the caller does commits; it comes last in a transaction.

    A day that is marked already is written once more, which locks it until then: so nobody who counts it now takes the
    mark away without having seen the change.
    """
    if marked := sorted({*days}):
        places = ", ".join(["(%s)"] * len(marked))
        with connection_of("reporting").cursor() as cursor:
            cursor.execute(MARK.format(places=places), marked)

"""The log's indexes by key and by name without the id behind it: PostgreSQL keeps a value that many rows have once, with
the places of those rows, and SQLite has the id in each index anyway.

Nobody waits for it on PostgreSQL: each month is indexed beside everybody's work, and the locks that are needed last a
moment. Killed, it goes on where it was.
"""

from functools import partial
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper

from kernel.eventbus.migrations._months import PATIENCE, between_others

SMALLER = {"event_of_key": "key", "event_of_name": "name"}
BEFORE = ("event_key", "event_name")
LACKING = """
    SELECT part.inhrelid::regclass::text FROM pg_inherits part WHERE part.inhparent = 'eventbus_event'::regclass
    AND NOT EXISTS (
        SELECT 1 FROM pg_inherits own JOIN pg_index ON pg_index.indexrelid = own.inhrelid
        WHERE own.inhparent = to_regclass(%s) AND pg_index.indrelid = part.inhrelid
    )
"""
HALF_DONE = "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid"


def _make(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET lock_timeout = '{PATIENCE}'")
            for name, column in SMALLER.items():
                _index_each_month(cursor, name, column, "" if connection.in_atomic_block else "CONCURRENTLY")
        else:
            for name, column in SMALLER.items():
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON eventbus_event ({column})")
        for name in BEFORE:
            between_others(partial(cursor.execute, f"DROP INDEX IF EXISTS {name}"))
        if connection.vendor == "postgresql":
            cursor.execute("RESET lock_timeout")


def _index_each_month(cursor: CursorWrapper, name: str, column: str, how: str) -> None:
    """Months that begin meanwhile have it by themselves."""
    between_others(partial(cursor.execute, f"CREATE INDEX IF NOT EXISTS {name} ON ONLY eventbus_event ({column})"))
    cursor.execute(LACKING, [name])
    for (part,) in cursor.fetchall():
        own = f"{part}_{name}"
        cursor.execute(HALF_DONE, [own])
        if cursor.fetchone():
            cursor.execute(f"DROP INDEX {own}")
        cursor.execute("SET lock_timeout = 0")  # beside others it waits for the end of each transaction
        cursor.execute(f"CREATE INDEX {how} IF NOT EXISTS {own} ON {part} ({column})")
        cursor.execute(f"SET lock_timeout = '{PATIENCE}'")
        between_others(partial(cursor.execute, f"ALTER INDEX {name} ATTACH PARTITION {own}"))


MAKE_INDEXES_SMALLER = migrations.RunPython(_make, migrations.RunPython.noop)

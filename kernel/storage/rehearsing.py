"""A rehearsal: work that is done for real, and leaves nothing behind."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

from django.db import connections

from kernel.storage.databases import atomic_in, connection_of, database_of


@contextmanager
def rehearsing(context: str) -> Iterator[None]:
    """Whatever this thread writes to the context's database within the block is gone behind it; the block itself
    reads it. What waits for a commit is never done.

    SQLite has one writer at a time, so the block writes to a copy of the file, and nobody waits for it. On PostgreSQL
    those wait who want the same rows. Inside of an open transaction the block is a part of that one.
    """
    connection = connection_of(context)
    is_alone = connection.vendor == "sqlite" and not connection.in_atomic_block
    with _copy_of(database_of(context)) if is_alone else nullcontext(), atomic_in(context):
        yield
        connection_of(context).set_rollback(True)


@contextmanager
def _copy_of(alias: str) -> Iterator[None]:
    """This thread's connection is one to a copy of the database's file, as it is now."""
    original = connections[alias]
    original.ensure_connection()
    with tempfile.TemporaryDirectory(prefix=".rehearsal-", dir=Path(original.settings_dict["NAME"]).parent) as folder:
        file = Path(folder) / "copy.sqlite3"
        with closing(sqlite3.connect(file)) as target:
            original.connection.backup(target)
        copy = connections.create_connection(alias)
        copy.settings_dict = {**copy.settings_dict, "NAME": str(file)}
        connections[alias] = copy
        try:
            yield
        finally:
            connections[alias] = original
            copy.close()

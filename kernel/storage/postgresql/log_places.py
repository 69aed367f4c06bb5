"""Places in the log of PostgreSQL's writes, by which one knows what a replica has."""

import re

from django.db import DEFAULT_DB_ALIAS, connections

from kernel.storage.databases import REPLICA

PLACE = re.compile(r"([0-9A-F]{1,8})/([0-9A-F]{1,8})")


def place_written() -> str:
    """The place that the primary's log has come to: whoever has replayed it has all that was committed until now."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
        return str(cursor.fetchone()[0])


def place_of(text: str) -> int | None:
    """A place such as `16/B374D848` as a number; nothing where the text is none."""
    found = PLACE.fullmatch(text)
    return int(found[1], 16) << 32 | int(found[2], 16) if found else None


def place_of_primary() -> int:
    """The place up to which the primary has written its log."""
    return _place(DEFAULT_DB_ALIAS, "pg_current_wal_lsn()")


def place_of_replica() -> int:
    """The place up to which the replica has replayed it."""
    return _place(REPLICA, "pg_last_wal_replay_lsn()")


def _place(alias: str, function: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT {function}::text")
        return place_of(cursor.fetchone()[0] or "") or 0

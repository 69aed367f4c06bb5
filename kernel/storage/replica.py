"""Reads that may lag, on a streaming replica of the database `default`.

Code says with `reading_from_replica` which apps' rows it may read late; Django's routers then send those reads, and no
others, to the replica. Inside of a transaction, and of `from_primary`, all reads are the primary's.
"""

import re
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db import Error as DatabaseFault

from kernel.storage.databases import REPLICA, answers, database_of, database_settings, is_away

MOST_BEHIND = 10.0
"""Seconds that a replica may lag: one further behind is not read."""
LOOK_AGAIN = 1.0
PLACE = re.compile(r"([0-9A-F]{1,8})/([0-9A-F]{1,8})")
_late: ContextVar[frozenset[str]] = ContextVar("late", default=frozenset())


class ToReplica:
    """Django's router before `ByContext`: what may be read late is read from the replica; nothing is written there."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        """The replica for rows of an app that may lag now; else the next router says where."""
        label = model._meta.app_label
        if label not in _late.get() or database_of(label) != DEFAULT_DB_ALIAS:
            return None
        return None if connections[DEFAULT_DB_ALIAS].in_atomic_block else REPLICA

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """The replica has its tables from the primary."""
        return False if db == REPLICA else None


@contextmanager
def reading_from_replica(apps: Collection[str]) -> Iterator[None]:
    """The block may read the rows of these apps late."""
    before = _late.set(frozenset(apps))
    try:
        yield
    finally:
        _late.reset(before)


@contextmanager
def from_primary() -> Iterator[None]:
    """The block reads nothing late, whoever calls it: what is read is kept, or something follows from it."""
    with reading_from_replica(()):
        yield


class Replica:
    """How far the replica is, as this process last saw it: it looks once a second at most.

    A place in the primary's log is noted with the moment; once the replica has replayed it, the replica is no older
    than that moment. So it needs no clock but this process' own, and a replica that is cut off is seen to lag.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked = self._up_to = -MOST_BEHIND
        self._replayed = 0
        self._noted: tuple[int, float] | None = None

    def has(self, place: int) -> bool:
        """Whether it can be read, is fresh enough, and has replayed that place of the log."""
        if is_away(REPLICA):
            return False
        if time.monotonic() >= self._looked + LOOK_AGAIN and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        return time.monotonic() < self._up_to + MOST_BEHIND and place <= self._replayed

    def _look(self) -> None:
        now = time.monotonic()
        self._looked = now
        try:
            self._replayed = _place(REPLICA, "pg_last_wal_replay_lsn()")
        except DatabaseFault:
            answers(REPLICA)  # notes that it is away, where it is
            return
        noted = self._noted or (_place(DEFAULT_DB_ALIAS, "pg_current_wal_lsn()"), now)
        if self._replayed >= noted[0]:
            self._up_to = noted[1]
            noted = (_place(DEFAULT_DB_ALIAS, "pg_current_wal_lsn()"), now)
        self._noted = noted


replica = Replica()


def place_written() -> str:
    """The place that the primary's log has come to: whoever has replayed it has all that was committed until now."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
        return str(cursor.fetchone()[0])


def place_of(text: str) -> int | None:
    """A place such as `16/B374D848` as a number; nothing where the text is none."""
    found = PLACE.fullmatch(text)
    return int(found[1], 16) << 32 | int(found[2], 16) if found else None


def replica_settings(url: str, process: str) -> dict[str, Any]:
    """The entry of `DATABASES` for the replica at a URL; none where there is none."""
    if not url:
        return {}
    entry = database_settings(url, pool=0, process=process)
    if not entry["ENGINE"].endswith("postgresql"):
        raise ImproperlyConfigured("REPLICA_DATABASE_URL names no PostgreSQL: only that has streaming replicas.")
    return {REPLICA: entry | {"TEST": {"MIRROR": DEFAULT_DB_ALIAS}}}


def _place(alias: str, function: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT {function}::text")
        return place_of(cursor.fetchone()[0] or "") or 0

"""Reads that may lag, on a streaming replica of the database `default`.

Code says with `reading_from_replica` which apps' rows it may read late; Django's routers then send those reads, and no
others, to the replica. Inside of a transaction, and of `from_primary`, all reads are the primary's.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections, models

from kernel.connecting import database_settings
from kernel.storage.databases import REPLICA, database_of

NAMED = "REPLICA_DATABASE_URL"
_late: ContextVar[frozenset[str]] = ContextVar("late", default=frozenset())


class ToReplica:
    """Django's router before `ByContext`: what may be read late is read from the replica; nothing is written there."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        """The replica for rows of an app that may lag now; else the next router says where."""
        return REPLICA if may_be_late(label := model._meta.app_label, database_of(label)) else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """The replica has its tables from the primary."""
        return False if db == REPLICA else None


def may_be_late(app: str, alias: str) -> bool:
    """Whether rows of an app, which are in that database, may be read from the replica now."""
    return app in _late.get() and alias == DEFAULT_DB_ALIAS and not connections[alias].in_atomic_block


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


def replica_settings(url: str, process: str) -> dict[str, Any]:
    """The entry of `DATABASES` for the replica at a URL; none where there is none."""
    if not url:
        return {}
    if "postgresql" not in (entry := database_settings(url, pool=0, process=process, named=NAMED))["ENGINE"]:
        raise ImproperlyConfigured(f"{NAMED} names no PostgreSQL: only that has streaming replicas.")
    return {REPLICA: entry | {"TEST": {"MIRROR": DEFAULT_DB_ALIAS}}}

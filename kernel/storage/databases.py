"""Which database each context lives in, and how its code opens transactions there.

Every context may have a database of its own: an alias in `DATABASES` that is named like its app. Those that have none
live in `default`, with people, sessions, tokens and the task queue. Only the event bus works in several databases.
"""

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connections,
    models,
    transaction,
)
from django.db import Error as DatabaseFault
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)
Found = TypeVar("Found")
OUT_OF_REACH = (OperationalError, InterfaceError)
UNREADABLE = {"42P01", "42501", "3D000", "3F000"}
"""PostgreSQL's codes for a table, database or schema that is missing, or that this role may not read."""

EVERYWHERE = {"eventbus", "http", "importing"}
"""Apps whose tables every database has: events, deliveries, answers and imports commit with what they belong to."""

REPLICA = "replica"  # the alias of the database that replica.py sends reads to
MIN_PAUSE, PAUSE_FACTOR = 1.0, 20
"""Seconds without a connection attempt, at least, after one failed. The pause is so many times as long as the attempt
took: a silent server costs a twentieth of a worker's time."""
_away: dict[str, float] = {}


def all_databases() -> list[str]:
    """The aliases of all databases, `default` first. A replica is none of them: it has nothing of its own."""
    return [alias for alias in connections if alias != REPLICA]


def database_of(context: str) -> str:
    """The alias of the database in which a context, such as `lending`, keeps its tables."""
    return context if context in settings.DATABASES else DEFAULT_DB_ALIAS


@cache
def context_of(module: str) -> str:
    """The context that a module belongs to, such as `lending` for `lending.events`; empty outside of any."""
    config = apps.get_containing_app_config(module)
    return config.label if config else ""


def connection_of(context: str) -> BaseDatabaseWrapper:
    """This thread's connection to a context's database."""
    return connections[database_of(context)]


def atomic_in(context: str, *, savepoint: bool = True) -> transaction.Atomic:
    """`transaction.atomic` on a context's database: as decorator, as `with` block, nested as a savepoint. Without one,
    what is raised inside undoes the transaction around it too."""
    return transaction.atomic(using=database_of(context), savepoint=savepoint)


def after_commit_in(context: str, follow_up: Callable[[], object]) -> None:
    """Calls the function after the transaction open in a context's database commits, at once if none is open.

    An exception is logged and does no harm.
    """
    transaction.on_commit(follow_up, using=database_of(context), robust=True)


def is_out_of_reach(error: BaseException) -> bool:
    """Whether an error says that a database is away or can't be read, and not that the statement was wrong."""
    if isinstance(error, ProgrammingError):
        return getattr(error.__cause__, "sqlstate", None) in UNREADABLE
    return isinstance(error, (*OUT_OF_REACH, InternalError)) or type(error) is DatabaseError  # a damaged file


def in_each_database(work: Callable[[str], Found]) -> list[Found]:
    """Calls the work with the alias of each database that can be reached; returns the results.

    One that is away, or fails, is logged and skipped, and the others go on.
    """
    results = []
    for alias in all_databases():
        if not is_away(alias):
            try:
                results.append(work(alias))
            except DatabaseFault:
                if answers(alias):
                    logger.exception("the database %s failed", alias)
                    _pause(alias, MIN_PAUSE)
    return results


def is_away(alias: str) -> bool:
    """Whether a database did not answer when it was last tried. It is tried again after a pause, and not before."""
    retry_at = _away.get(alias)
    return retry_at is not None and (time.monotonic() < retry_at or not answers(alias))


def answers(alias: str) -> bool:
    """Tries to connect to a database. After a failure it is away for `PAUSE_FACTOR` times as long as that took."""
    started = time.monotonic()
    try:
        _connect(connections[alias])
    except OUT_OF_REACH as error:
        logger.error("the database %s is away: %s", alias, str(error).strip())
        _pause(alias, max(MIN_PAUSE, PAUSE_FACTOR * (time.monotonic() - started)))
        return False
    if _away.pop(alias, None):
        logger.warning("the database %s is back", alias)
    return True


def _is_missing(alias: str) -> bool:
    return is_away(alias) or (connections[alias].connection is None and not answers(alias))


def _pause(alias: str, seconds: float) -> None:
    _away[alias] = time.monotonic() + seconds


def _connect(connection: BaseDatabaseWrapper) -> None:
    """Raises `OperationalError`. A connection that was closed by the server is replaced."""
    connection.ensure_connection()
    if not connection.is_usable():
        connection.close()
        connection.ensure_connection()


class ByContext:
    """Django's router: a context's tables are in its own database, if it has one, else in `default`.

    For the apps that are everywhere, callers name the database; related rows are in the same one.
    """

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        """Where the model's rows are. Raises `OperationalError` at once where that database is known to be away.

        Else each thread that needs a silent server would block until the connection times out, and soon all would.
        """
        label = model._meta.app_label
        alias = database_of(label)
        if alias != DEFAULT_DB_ALIAS and _is_missing(alias):
            raise OperationalError(f"the database {alias} is away")
        return None if label in EVERYWHERE else alias

    db_for_write = db_for_read

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        """Any that the models have; only a relation to a person ever leaves a database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """A table is created where its rows are stored."""
        return app_label in EVERYWHERE or db == database_of(app_label)

"""Which database each context lives in, and how its code opens transactions there.

Every context may have a database of its own: an alias in `DATABASES` that is named like its app. Those that have none
live in `default`, with people, sessions, tokens and the task queue. Nobody but the bus looks into two databases.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import environ
from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

EVERYWHERE = {"eventbus", "api"}
"""Apps whose tables every database has: events, deliveries and kept answers stay beside what they tell of."""


def all_databases() -> list[str]:
    """The aliases of all databases, `default` first."""
    return list(connections)


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


def atomic_in(context: str) -> transaction.Atomic:
    """`transaction.atomic` on a context's database: as decorator, as `with` block, nested as a savepoint."""
    return transaction.atomic(using=database_of(context))


def after_commit_in(context: str, follow_up: Callable[[], object]) -> None:
    """Calls the function once the transaction open in a context's database is committed, at once if none is open.

    What it raises is logged and harms nobody.
    """
    transaction.on_commit(follow_up, using=database_of(context), robust=True)


class ByContext:
    """Django's router: a context's tables are in its own database, if it has one, else in `default`.

    For the apps that are everywhere, whoever asks names the database; what belongs to a row is beside that row.
    """

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        """Where the model's rows are."""
        label = model._meta.app_label
        return None if label in EVERYWHERE else database_of(label)

    db_for_write = db_for_read

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        """Any that the models have; only a relation to a person ever leaves a database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """A table is made where its rows go."""
        return app_label in EVERYWHERE or db == database_of(app_label)


def database_settings(url: str, *, pool: int) -> dict[str, Any]:
    """Django's settings for the database at a URL. `pool` is its largest number of pooled connections, 0 for one
    connection that each thread keeps."""
    wanted: dict[str, Any] = environ.Env.db_url_config(url)
    if wanted["ENGINE"].endswith("sqlite3"):
        return wanted | {
            "CONN_MAX_AGE": None,  # opening the file for each request was a quarter of a borrow's time
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    if pool:
        return wanted | {
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"pool": {"min_size": 1, "max_size": pool, "timeout": 10}},
        }
    return wanted | {"CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": None}

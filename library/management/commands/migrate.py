"""`manage.py migrate`: Django's own, for every database, and then the rights of whom the library signs in as."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import DatabaseError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import LockNotAvailable

from kernel.storage.databases import all_databases
from library.operations.database_roles import grant_rights


class Command(migrate.Command):
    """Migrates each database in turn, or the one that `--database` names; there `DATABASE_ROLE` gets its rights."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Django's, with no database named."""
        super().add_arguments(parser)
        parser.set_defaults(database=None)

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        """Which databases the system checks may look into."""
        return {"databases": _wanted(options)}

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrates."""
        for alias in _wanted(options):
            with _impatient(connections[alias]):
                super().handle(*args, **{**options, "database": alias})
            if settings.DATABASE_ROLE and not options["plan"] and not options["check_unapplied"]:
                grant_rights(alias, settings.DATABASE_ROLE)


@contextmanager
def _impatient(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Whoever waits for a table stands in everybody's way: behind a long reader, such as a backup, it gives up soon."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
    try:
        yield
    except OperationalError as fault:
        if isinstance(fault.__cause__, LockNotAvailable):
            raise CommandError(
                "A table is in use, perhaps by a backup, and waiting for it would stop everybody. "
                "What was migrated so far stays; run this again in a minute."
            ) from fault
        raise
    finally:
        # Where what Django does at a migration's end fails, its transaction is left open.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def _wanted(options: dict[str, Any]) -> list[str]:
    return [options["database"]] if options["database"] else all_databases()

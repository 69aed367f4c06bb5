"""`manage.py migrate`: Django's own, for every database, and then the rights of whom the library signs in as."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import migrate

from library.databases import all_databases
from library.rights import grant_rights


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
            super().handle(*args, **{**options, "database": alias})
            if settings.DATABASE_ROLE and not options["plan"] and not options["check_unapplied"]:
                grant_rights(alias, settings.DATABASE_ROLE)


def _wanted(options: dict[str, Any]) -> list[str]:
    return [options["database"]] if options["database"] else all_databases()

"""`manage.py make_ready`: what `make run` does before it starts the worker."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from kernel.storage.databases import all_databases
from library.operations.health import is_migrated
from library.operations.set_up import set_up


class Command(BaseCommand):
    help = "Migrates what is not migrated yet, and loads the demo into an empty database where DEBUG is on."
    requires_system_checks = ()  # `make check` has them; who starts the library waits for this

    def handle(self, *args: Any, **options: Any) -> None:
        """In one process, and with one look only where there is nothing to do."""
        if all(is_migrated(alias) for alias in all_databases()):
            set_up()
        else:
            call_command("migrate", verbosity=0)
        call_command("load_demo", if_empty=True)

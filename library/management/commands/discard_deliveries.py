"""`manage.py discard_deliveries`: deletes the pending deliveries to a context that was removed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.command_line import counted
from kernel.eventbus.delivery.queries import pending_deliveries_to
from kernel.eventbus.registry import handlers_of


class Command(BaseCommand):
    help = (
        "Deletes the pending deliveries to a context that is no longer installed. The events stay in the log: if the "
        "context comes back, ./manage.py replay delivers all of them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The arguments."""
        parser.add_argument("handlers", help="a context, or the full name of a handler")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Deletes, or counts."""
        name = options["handlers"]
        if handlers_of(name):
            raise CommandError(f"{name} is installed and listens: take it out of EXTRA_APPS first.")
        pending = pending_deliveries_to(name)
        if options["dry_run"]:
            some = counted(sum(some.count() for some in pending), "delivery", "deliveries")
            self.stdout.write(f"{some} to {name} would be deleted")
        else:
            number = sum(some.delete()[0] for some in pending)
            one, several = f"delivery to {name} was deleted", f"deliveries to {name} were deleted"
            self.stdout.write(counted(number, one, several))

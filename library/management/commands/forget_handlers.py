"""`manage.py forget_handlers`: takes leave of a context that was taken out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.eventbus.delivery.queries import pending_deliveries_to
from kernel.eventbus.registry import handlers_of


class Command(BaseCommand):
    help = (
        "Deletes the deliveries that are still owed to a context that is no longer installed. The events stay in the "
        "log: if the context comes back, manage.py replay tells it everything."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("handlers", help="a context, or the full name of a handler")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Deletes, or counts."""
        name = options["handlers"]
        if handlers_of(name):
            raise CommandError(f"{name} is installed and listens: take it out of EXTRA_APPS first.")
        owed = pending_deliveries_to(name)
        if options["dry_run"]:
            self.stdout.write(f"{sum(some.count() for some in owed)} deliveries to {name} would be deleted")
        else:
            self.stdout.write(f"{sum(some.delete()[0] for some in owed)} deliveries to {name} were deleted")

"""`manage.py replay`: rebuilds a read model from the event log."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from library.eventbus.models import Event
from library.eventbus.replaying import events_for, replay
from library.eventbus.wiring import handlers_of
from library.progress import progress_bar


class Command(BaseCommand):
    help = (
        "Tells handlers every event of the log again: those of a context (dashboard), or one of them "
        "(dashboard.handlers.show_loan). Safe while the library is in use, and safe to run twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("handlers", help="a context or the full name of a handler")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be told")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replays handler by handler."""
        chosen = handlers_of(options["handlers"])
        if not chosen:
            raise CommandError(f"No handler is named {options['handlers']}; manage.py eventmap lists them.")
        for name, handler in chosen.items():
            total = Event.objects.filter(name__in=events_for(handler)).count()
            if not options["dry_run"]:
                with progress_bar(name, total) as progress:
                    total = replay(handler, progress)
            self.stdout.write(f"{name}: {total} events{' would be told' if options['dry_run'] else ''}")

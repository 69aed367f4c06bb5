"""`manage.py replay`: rebuilds a read model from the event log."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.eventbus.models import Event
from kernel.eventbus.registry import Handler, handlers_of, installed_read_models
from kernel.eventbus.stream.replay import events_for, replay
from kernel.progress import progress_bar


class Command(BaseCommand):
    help = (
        "Delivers every event of the log again to the handlers of a context (dashboard), or to one of them "
        "(dashboard.handlers.show_loan). Safe while the library is in use, and safe to run twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("handlers", help="a context or the full name of a handler")
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument(
            "--from-empty", action="store_true", help="empty a read model first; until the end its pages are incomplete"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Replays handler by handler."""
        name = options["handlers"]
        chosen, read_models = handlers_of(name), installed_read_models()
        if not chosen:
            raise CommandError(f"No handler is named {name}; ./manage.py eventmap lists them.")
        if options["from_empty"] and name not in read_models:
            raise CommandError(f"Only a read model can be emptied and built anew: {', '.join(read_models)}.")
        if options["from_empty"] and not options["dry_run"]:
            read_models[name]()
        for handler_name, handler in chosen.items():
            self._replay(handler_name, handler, dry_run=options["dry_run"])

    def _replay(self, name: str, handler: Handler, *, dry_run: bool) -> None:
        total = Event.objects.filter(name__in=events_for(handler)).count()
        if not dry_run:
            with progress_bar(name, total) as progress:
                total = replay(handler, progress)
        self.stdout.write(f"{name}: {total} events{' would be delivered' if dry_run else ''}")

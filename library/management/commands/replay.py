"""`manage.py replay`: rebuilds a read model from the event log."""

from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Model

from kernel.command_line import counted
from kernel.eventbus.models import Event
from kernel.eventbus.months.kept import kept_since
from kernel.eventbus.registry import Handler, handlers_of, installed_read_models
from kernel.eventbus.stream.replay import events_for, replay
from kernel.eventbus.stream.snapshots import empty, load_snapshot
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
            self._begin_anew(name, read_models[name])
        elif since := kept_since():
            self.stderr.write(
                f"Events from before {since:%Y-%m} are not kept: what only they tell of stays as it is."
                " With --from-empty a read model begins with its snapshot."
            )
        for handler_name, handler in chosen.items():
            self._replay(handler_name, handler, dry_run=options["dry_run"])

    def _begin_anew(self, name: str, tables: Sequence[type[Model]]) -> None:
        """Empty, or with what is kept of the months that are closed."""
        empty(name, tables)
        with progress_bar("snapshot", None) as progress:
            if rows := load_snapshot(name, tables, progress):
                self.stdout.write(f"{name}: {counted(rows, 'row', 'rows')} from the snapshot")

    def _replay(self, name: str, handler: Handler, *, dry_run: bool) -> None:
        total = Event.objects.filter(name__in=events_for(handler)).count()
        if not dry_run:
            with progress_bar(name, total) as progress:
                total = replay(handler, progress)
        self.stdout.write(f"{name}: {counted(total, 'event', 'events')}{' would be delivered' if dry_run else ''}")

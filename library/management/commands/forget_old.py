"""`manage.py forget_old`: what a worker forgets every hour, now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kernel.progress import progress_bar
from kernel.storage.databases import all_databases, is_away
from library.operations.retention import count_old, forget_old


class Command(BaseCommand):
    help = (
        "Deletes deliveries that are done, receipts, expired tokens and sessions, and other traces, once they are old. "
        "Events and whatever still waits stay. Safe while the library is in use; a worker does it every hour."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Deletes, or counts, and says how many rows of each kind."""
        found = count_old(timezone.now()) if dry_run else self._forget()
        for words, count in found.items():
            self.stdout.write(f"{words}: {count}{' would be' if dry_run else ''} deleted")
        if away := [alias for alias in all_databases() if is_away(alias)]:
            raise CommandError(f"Not looked at, as it is away: {', '.join(away)}. Start it and run this again.")

    def _forget(self) -> dict[str, int]:
        with progress_bar("forgetting", None) as progress:
            return forget_old(timezone.now(), progress=progress)

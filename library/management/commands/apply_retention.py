"""`manage.py apply_retention`: deletes now what a worker deletes every hour."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kernel.progress import progress_bar
from kernel.storage.databases import all_databases, is_away
from library.operations.retention import apply_retention, count_expired


class Command(BaseCommand):
    help = (
        "Deletes deliveries that are done, receipts, expired tokens and sessions, and other traces, once they are old. "
        "Events and pending deliveries stay. Safe while the library is in use; a worker does it every hour."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Deletes, or counts, and prints the number of rows by rule."""
        found = count_expired(timezone.now()) if dry_run else self._apply()
        for words, count in found.items():
            self.stdout.write(f"{words}: {count}{' would be' if dry_run else ''} deleted")
        if away := [alias for alias in all_databases() if is_away(alias)]:
            raise CommandError(f"Skipped, because it is away: {', '.join(away)}. Start it and run this again.")

    def _apply(self) -> dict[str, int]:
        with progress_bar("retention", None) as progress:
            return apply_retention(timezone.now(), progress=progress)

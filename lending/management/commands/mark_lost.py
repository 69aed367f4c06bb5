"""`manage.py mark_lost`: marks copies as lost that are late for as long as the rules say."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kernel.command_line import counted, day
from kernel.progress import progress_bar
from lending.marks.sweep import copies_to_lose, mark_lost


class Command(BaseCommand):
    help = (
        "Marks copies as lost that are late for as long as the rules of their loans say. Safe to stop and to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("--as-of", type=day, metavar="DATE", help="late enough on that day (YYYY-MM-DD), not today")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweeps, or counts."""
        now = timezone.now()
        as_of = options["as_of"] or timezone.localdate(now)
        if as_of > timezone.localdate(now):
            raise CommandError(f"{as_of} is in the future: a copy can't be late before its day.")
        total = copies_to_lose(as_of).count()
        if options["dry_run"]:
            late = counted(total, "copy is late", "copies are late")
            self.stdout.write(f"{late} for too long by {as_of} and would be marked as lost")
            return
        with progress_bar("lost", total) as progress:
            marked = mark_lost(as_of=as_of, now=now, progress=progress)
        late = counted(marked, "copy was late", "copies were late")
        self.stdout.write(f"{late} for too long by {as_of}: marked as lost")

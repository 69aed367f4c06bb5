"""`manage.py sweep_overdue`: announces the loans that fell overdue."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kernel.command_line import counted, day
from kernel.progress import progress_bar
from lending.overdue.finding import count_to_expire
from lending.overdue.services import sweep_overdue


class Command(BaseCommand):
    help = "Announces each loan that fell overdue, once, ever. Charges nothing. Safe to stop and to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("--as-of", type=day, metavar="DATE", help="overdue on that day (YYYY-MM-DD), not today")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweeps, or counts."""
        now = timezone.now()
        as_of = options["as_of"] or timezone.localdate(now)
        if as_of > timezone.localdate(now):
            raise CommandError(f"{as_of} is in the future: a loan can't be overdue before its day.")
        total = count_to_expire(as_of)
        if options["dry_run"]:
            fell = counted(total, "loan fell", "loans fell")
            self.stdout.write(f"{fell} overdue by {as_of} and would be announced")
            return
        with progress_bar("overdue", total) as progress:
            announced = sweep_overdue(as_of=as_of, now=now, progress=progress)
        one, several = (
            f"loan fell overdue by {as_of} and was announced",
            f"loans fell overdue by {as_of} and were announced",
        )
        self.stdout.write(counted(announced, one, several))

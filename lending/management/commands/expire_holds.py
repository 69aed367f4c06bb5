"""`manage.py expire_holds`: ends the holds that were not collected in time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kernel.command_line import counted, day
from kernel.progress import progress_bar
from lending.holds.sweeps.expiry import expire_holds, holds_to_expire


class Command(BaseCommand):
    help = (
        "Ends the holds that were not collected by their last day; the copies go to the next. Holds wait again whose "
        "suspension is over. Safe to stop and to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument(
            "--as-of", type=day, metavar="DATE", help="not collected before that day (YYYY-MM-DD), not today"
        )
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweeps, or counts."""
        now = timezone.now()
        as_of = options["as_of"] or timezone.localdate(now)
        if as_of > timezone.localdate(now):
            raise CommandError(f"{as_of} is in the future: what is ready may still be collected.")
        total = holds_to_expire(as_of).count()
        if options["dry_run"]:
            held = counted(total, "hold was", "holds were")
            self.stdout.write(f"{held} not collected before {as_of} and would be ended")
            return
        with progress_bar("expired", total) as progress:
            expired = expire_holds(as_of=as_of, now=now, progress=progress)
        held = counted(expired, "hold was", "holds were")
        self.stdout.write(f"{held} not collected before {as_of}: ended")

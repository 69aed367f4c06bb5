"""`manage.py send_notices`: finds what patrons are to hear of, and sends what is due."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kernel.command_line import day
from kernel.progress import progress_bar
from notices.finding.services import causes_to_find
from notices.services import send_notices


class Command(BaseCommand):
    help = "Sends patrons what is due soon, overdue and so on, each once, ever. Safe to stop and to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("--as-of", type=day, metavar="DATE", help="what falls on that day (YYYY-MM-DD), not today")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Finds and sends, or counts."""
        today = timezone.localdate()
        as_of = options["as_of"] or today
        if as_of > today:
            raise CommandError(f"{as_of} is in the future: nobody is sent what is not so yet.")
        if options["dry_run"]:
            for kind, count in causes_to_find(as_of).items():
                self.stdout.write(f"{kind}: {count} would be sent")
            return
        with progress_bar("notices", None) as progress:
            done = send_notices(as_of=as_of, clock=timezone.now, progress=progress)
        for status, count in sorted(done.items()):
            self.stdout.write(f"{status}: {count}")
        if not done:
            self.stdout.write("nothing is due, or these are quiet hours")

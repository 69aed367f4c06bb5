"""`manage.py anonymise_loans`: makes nobody's what was closed long ago."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kernel.command_line import counted, day, whole_number
from kernel.progress import progress_bar
from lending.erasing.loans import count_closed
from lending.erasing.sweep import anonymise_loans, count_to_anonymise, limits_of

WHAT = ("loan, hold or bar", "loans, holds and bars")


class Command(BaseCommand):
    help = (
        "Makes closed loans, blocks and suspensions nobody's that ended long ago, and at once the loans of patrons who "
        "keep no history: in the tables, in the event log, and everywhere else. Safe to stop and to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("--as-of", type=day, metavar="DATE", help="old on that day (YYYY-MM-DD), not today")
        parser.add_argument(
            "--older-than",
            type=whole_number(least=0),
            metavar="DAYS",
            help="days behind their end; KEEP_LOANS_DAYS where left out",
        )
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweeps, or counts."""
        now = timezone.now()
        as_of = options["as_of"] or timezone.localdate(now)
        if as_of > timezone.localdate(now):
            raise CommandError(f"{as_of} is in the future: a loan can't be old before its day.")
        keep_days = settings.KEEP_LOANS_DAYS if options["older_than"] is None else options["older_than"]
        limits = limits_of(as_of=as_of, keep_days=keep_days, now=now)
        ended = f"that ended before {limits.before}, or of which no history is kept"
        if options["dry_run"]:
            total = count_to_anonymise(limits)
            self.stdout.write(f"{counted(total, *WHAT)} {ended} would be made nobody's")
            return
        total = count_closed(ended_before=limits.midnight, today=limits.today)
        with progress_bar("anonymised", total) as progress:
            count = anonymise_loans(limits, now=now, progress=progress)
        self.stdout.write(f"{counted(count, *WHAT)} {ended}: nobody's now")

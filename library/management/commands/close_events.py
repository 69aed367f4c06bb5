"""`manage.py close_events`: closes old months of the event log."""

from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kernel.command_line import month
from kernel.eventbus.months.numbers import FIRST, month_of_day
from kernel.progress import progress_bar
from library.operations.closing import StillNeeded, closable, close_events, first_month_to_keep, retake_snapshots


class Command(BaseCommand):
    help = (
        "Takes the events of old months out of the log. What they led to stays: the tables of lending and fines, the "
        "pages, and a snapshot of each read model, from which replay begins. Safe while the library is in use; stopped "
        "half-way, it goes on when it is run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument(
            "--before", type=month, metavar="YYYY-MM", help="the first month to keep; else as KEEP_EVENTS_MONTHS says"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say which months")

    def handle(self, *args: Any, before: date | None, dry_run: bool, **options: Any) -> None:
        """Closes them, or says what holds them up; takes snapshots anew that have somebody who was forgotten."""
        now = timezone.now()
        first = _first_to_keep(before, now)
        try:
            if not dry_run:
                retake_snapshots(now)
            closed = closable(first) if dry_run else self._close(first, now)
        except StillNeeded as why:
            raise CommandError("Nothing was closed: " + "; ".join(map(str, why.args)) + ".") from why
        for day in closed:
            self.stdout.write(f"{day:%Y-%m}: {'would be ' if dry_run else ''}closed")
        if not closed:
            self.stdout.write("There is nothing before that.")

    def _close(self, first: int, now: datetime) -> list[date]:
        with progress_bar("close", None) as progress:
            return close_events(first, now=now, progress=progress)


def _first_to_keep(before: date | None, now: datetime) -> int:
    if before is None:
        return first_month_to_keep(now)
    if before > timezone.localdate(now):
        raise CommandError("This month and those to come can't be closed.")
    if month_of_day(before) < FIRST:
        raise CommandError("What was written before December 2026 is one part: give 2026-12 or a later month.")
    return month_of_day(before)

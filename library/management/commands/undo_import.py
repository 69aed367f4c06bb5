"""`manage.py undo_import`: takes back what an import did."""

from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.importing.batches import Work
from kernel.importing.command import LEASE
from kernel.importing.engine import work_on
from kernel.importing.kinds import Kind, kinds
from kernel.importing.leases import release_lease, take_lease
from kernel.importing.models import Entry, Import
from kernel.importing.queries import imports_of
from kernel.importing.report import Report
from kernel.importing.services import undo_import
from kernel.importing.uploads import path_of
from kernel.progress import progress_bar
from kernel.refusals import Refused
from kernel.storage.rehearsing import rehearsing


class Command(BaseCommand):
    help = (
        "Takes back what an import did, as far as nothing has happened to it since, and names what is kept. "
        "One that was interrupted goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("number", type=int, metavar="NUMBER", help="as `manage.py imports` has it")
        parser.add_argument("--kind", default="books", help="default: %(default)s")
        parser.add_argument("--dry-run", action="store_true", help="change nothing, only name what would be kept")

    def handle(self, *args: Any, **options: Any) -> None:
        """Undoes it, and tells what came of it."""
        kind = kinds().get(options["kind"])
        run = imports_of(kind).filter(pk=options["number"]).first() if kind else None
        if kind is None or run is None:
            raise CommandError(_("There is no import %(number)s.") % {"number": options["number"]})
        with rehearsing(kind.context) if options["dry_run"] else nullcontext():
            self._undo(Work(run=run, kind=kind, clock=timezone.now, lease=LEASE))
            self._print(kind, run)
        if options["dry_run"]:
            self.stdout.write(_("This was a rehearsal: nothing was changed."))

    def _undo(self, work: Work) -> None:
        run, now = work.run, timezone.now()
        try:
            undo_import(run, kind=work.kind, by=None, via="command")
        except Refused as refusal:
            if run.status != Import.Status.REVERTING:  # begun already: it goes on
                raise CommandError(str(refusal)) from refusal
        if not take_lease(run, now=now, until=now + LEASE):
            raise CommandError(_("Somebody else is working on this import."))
        try:
            with progress_bar(run.file_name, run.added + run.updated) as move_on:
                move_on(run.reverted)
                work_on(work, lambda: path_of(run), progress=move_on)
        except (KeyboardInterrupt, SystemExit):
            release_lease(run)
            raise
        if run.status != Import.Status.REVERTED:
            raise CommandError(run.error or _("The import was stopped."))

    def _print(self, kind: Kind, run: Import) -> None:
        report = Report(run, kind)
        kept = list(report.entries(Entry.Outcome.KEPT))
        for entry in kept:
            self.stdout.write(f"  {entry.label}: {report.sentence(entry.reason)} {entry.detail}".rstrip())
        figures = {"count": run.reverted - len(kept), "kept": len(kept)}
        self.stdout.write(_("Taken back: %(count)s; kept: %(kept)s.") % figures)

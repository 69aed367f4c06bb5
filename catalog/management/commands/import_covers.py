"""`manage.py import_covers`: takes a folder of pictures as covers of the books whose ISBNs they are named by."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.covers.folder import LOST, Outcome, pictures_in, take_covers
from kernel.progress import progress_bar

SOME_LOST = 3


class Command(BaseCommand):
    help = (
        "Takes the pictures of FOLDER as covers: JPEG, PNG or WebP files that are named by ISBN, such as "
        "9788937473135.jpg. The same folder again changes nothing. Exit status: 0 when every picture is a cover now; "
        "3 when some could not be taken, which are named; 1 when FOLDER can't be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--dry-run", action="store_true", help="change nothing, only report")

    def handle(self, *args: Any, **options: Any) -> None:
        """Takes them one by one; whoever interrupts it keeps what was taken."""
        try:
            files = pictures_in(options["folder"])
        except OSError as error:
            raise CommandError(str(error)) from error
        with progress_bar(options["folder"].name, len(files)) as move_on:

            def note(path: Path, outcome: Outcome) -> None:
                if outcome in LOST:
                    self.stderr.write(f"{path.name}: {outcome.label}")
                move_on(1)

            counted = take_covers(files, now=timezone.now(), dry_run=options["dry_run"], note=note)
        figures = {"read": len(files), "taken": counted[Outcome.TAKEN], "unchanged": counted[Outcome.UNCHANGED]}
        self.stdout.write(_("Pictures: %(read)s read, %(taken)s taken, %(unchanged)s unchanged") % figures)
        if options["dry_run"]:
            self.stdout.write(_("This was a rehearsal: nothing was changed."))
        if lost := sum(counted[outcome] for outcome in LOST):
            raise CommandError(
                ngettext("%(count)s picture could not be taken.", "%(count)s pictures could not be taken.", lost)
                % {"count": lost},
                returncode=SOME_LOST,
            )

"""`manage.py export_books`: writes the catalogue's books with their copies to a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalog.exporting.files import FORMATS, written
from catalog.exporting.marc import TooLongForMarc
from catalog.models import Book
from kernel.progress import progress_bar

SOME_LEFT_OUT = 3
BY_ENDING = {".mrc": "kormarc", ".xml": "marcxml", ".csv": "csv"}


class Command(BaseCommand):
    help = (
        "Writes all books with their copies to FILE: KORMARC, MARC 21, MARCXML or a table. Exit status: 0 when every "
        "book is in it; 3 when some are too long for the format, which are named; 1 when FILE can't be written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--format", choices=sorted(FORMATS), help="default: by the ending (.mrc: KORMARC)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the file whole, or leaves what was there."""
        path, books = options["file"], Book.objects.filter(withdrawn_at=None)
        form = options["format"] or BY_ENDING.get(path.suffix.lower())
        if form is None:
            raise CommandError(_("Name the format, or let the file end with .mrc, .xml or .csv."))
        refused: list[TooLongForMarc] = []
        unfinished = path.with_name(f"{path.name}.part")
        try:
            with unfinished.open("wb") as file, progress_bar(path.name, books.count()) as move_on:
                language = get_language() or "en"
                file.writelines(written(books, form, language=language, refuse=refused.append, progress=move_on))
            unfinished.replace(path)
        except OSError as error:
            raise CommandError(str(error)) from error
        finally:
            unfinished.unlink(missing_ok=True)
        for refusal in refused:
            self.stderr.write(str(refusal))
        if refused:
            raise CommandError(
                ngettext("%(count)s book was left out.", "%(count)s books were left out.", len(refused))
                % {"count": len(refused)},
                returncode=SOME_LEFT_OUT,
            )

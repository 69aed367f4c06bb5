"""`manage.py export_patrons`: writes the patrons to a table."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import get_language

from accounts.exporting import patrons, written
from kernel.progress import progress_bar


class Command(BaseCommand):
    help = "Writes all patrons with an open card to FILE, a table in UTF-8 that import_patrons and spreadsheets read."

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the file whole, or leaves what was there."""
        path: Path = options["file"]
        unfinished = path.with_name(f"{path.name}.part")
        try:
            with unfinished.open("wb") as file, progress_bar(path.name, patrons().count()) as move_on:
                file.writelines(written(language=get_language() or "en", progress=move_on))
            unfinished.replace(path)
        except OSError as error:
            raise CommandError(str(error)) from error
        finally:
            unfinished.unlink(missing_ok=True)

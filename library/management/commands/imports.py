"""`manage.py imports`: which files were taken in, and what came of them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.formats import date_format

from kernel.command_line import whole_number
from kernel.importing.kinds import kinds
from kernel.importing.queries import imports_of


class Command(BaseCommand):
    help = """Lists the imports, the newest first: kind, number, day, state, file, and how many records were
    read = added + updated + unchanged + skipped + in doubt."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be said on the command line."""
        parser.add_argument(
            "--last", type=whole_number(least=1), default=20, metavar="N", help="so many of each kind (default: 20)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints a line for each."""
        for kind in kinds().values():
            for run in imports_of(kind).order_by("-pk")[: options["last"]]:
                day = date_format(timezone.localtime(run.created_at), "SHORT_DATETIME_FORMAT")
                figures = (
                    f"{run.position} = {run.added} + {run.updated} + {run.unchanged} + {run.skipped} + {run.doubts}"
                )
                self.stdout.write(
                    f"{kind.name} {run.pk}  {day}  {run.get_status_display()}  {run.file_name}  {figures}"
                )

"""`manage.py backup FOLDER`: everything in one file, while the library goes on."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kernel.command_line import whole_number
from kernel.progress import progress_bar
from library.operations.backups.archive import BackupFault
from library.operations.backups.writing import remove_older, steps, write_backup


class Command(BaseCommand):
    help = "Writes one archive of every database and of the exchanged files, while the library goes on."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("folder", type=Path, help="where the archive goes; made if it is not there")
        parser.add_argument(
            "--keep", type=whole_number(least=1), help="remove all but so many of the newest archives there"
        )

    def handle(self, *args: Any, folder: Path, keep: int | None, **options: Any) -> None:
        """Writes it and prints its path, which is all that is printed to standard output."""
        try:
            with progress_bar("backup", steps()) as progress:
                path = write_backup(folder, timezone.now(), progress)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(str(path))
        for older in remove_older(folder, keep) if keep else ():
            self.stderr.write(f"removed {older}")

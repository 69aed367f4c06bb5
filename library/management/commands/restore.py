"""`manage.py restore FILE`: an archive of `manage.py backup` in the place of what is there."""

import sqlite3
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseFault

from kernel.progress import progress_bar
from library.operations.backups.archive import Archive, BackupFault
from library.operations.backups.restoring import check, ends_of_log, in_the_way, restore


class Command(BaseCommand):
    help = (
        "Puts a backup in place: checks all of it first, restores, migrates what is older, and compares the patrons' "
        "pages with lending and fines. Stop web and worker first. Exits 1 when anything is not right."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("file", type=Path, help="an archive of manage.py backup")
        parser.add_argument("--replace", action="store_true", help="also where there are people, events or files")
        parser.add_argument("--dry-run", action="store_true", help="only check the archive")

    def handle(self, *args: Any, file: Path, replace: bool, dry_run: bool, **options: Any) -> None:
        """Checks, restores, and compares."""
        try:
            with Archive(file) as archive:
                with progress_bar("check", len(archive.members)) as progress:
                    check(archive, progress)
                self.stdout.write(f"{file} is whole, written at {archive.manifest['written_at']}")
                if dry_run:
                    return
                if (found := in_the_way()) and not replace:
                    raise BackupFault(f"There is something here already: {', '.join(found)}. --replace replaces it.")
                with progress_bar("restore", len(archive.members)) as progress:
                    restore(archive, progress)
                for sentence in ends_of_log(archive):
                    self.stdout.write(sentence)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        except (OSError, DatabaseFault, sqlite3.Error, psycopg.Error) as fault:
            raise CommandError(f"It can't be restored: {str(fault).strip()}") from fault
        call_command("check_dashboard", stdout=self.stdout)

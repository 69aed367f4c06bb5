"""`manage.py doctor`: is the installation well?"""

from datetime import datetime
from typing import Any

from django.core.checks import ERROR, CheckMessage, Error
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS
from django.db import Error as DatabaseFault
from django.utils import timezone

from library.operations.doctor import THOROUGH, WITH_DATABASE, WITHOUT_DATABASE, Examination
from library.operations.health import is_migrated


class Command(BaseCommand):
    help = (
        "Says in plain words what is wrong with this installation and how to cure it, and then exits 1. "
        "It changes nothing. What is only worth knowing is told too, and is no fault."
    )
    requires_system_checks = ()  # they are among its examinations, and must not end it

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("--quick", action="store_true", help="leave out what reads every row: drift")

    def handle(self, *, quick: bool, **options: Any) -> None:
        """Goes through all examinations and tells what each one finds."""
        now = timezone.now()
        faults = sum(self._examine(name, look, now) for name, look in WITHOUT_DATABASE.items())
        if is_migrated(DEFAULT_DB_ALIAS):
            more = WITH_DATABASE if quick else WITH_DATABASE | THOROUGH
            faults += sum(self._examine(name, look, now) for name, look in more.items())
        else:
            self.stdout.write("The rest needs the database default, migrated: it was not looked at.")
        if faults:
            raise CommandError(f"{faults} {'thing is' if faults == 1 else 'things are'} wrong.")
        self.stdout.write("The library is well.")

    def _examine(self, name: str, look: Examination, now: datetime) -> int:
        """Tells what is found, and how much of it is wrong."""
        found = _found(look, now)
        if not found:
            self.stdout.write(f"{name:10} {self.style.SUCCESS('well')}")
        for message in found:
            wrong = message.level >= ERROR
            word = self.style.ERROR("WRONG") if wrong else self.style.WARNING("note")
            self.stdout.write(f"{name:10} {word}  {' '.join(message.msg.split())}")
            if message.hint:
                self.stdout.write(f"{'':10} cure: {' '.join(message.hint.split())}")
        return sum(message.level >= ERROR for message in found)


def _found(look: Examination, now: datetime) -> list[CheckMessage]:
    try:
        return list(look(now))
    except DatabaseFault as fault:
        return [Error(f"It can't be looked at: {str(fault).strip()}", hint="See what is said of the databases above.")]

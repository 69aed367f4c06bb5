"""`manage.py make_listener NAME`: a token for a program that listens to the event log."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import CARD_NUMBER
from accounts.services import make_listener
from kernel.command_line import whole_number
from kernel.refusals import Refused


class Command(BaseCommand):
    """How operators give a program its token."""

    help = "Prints a new token that may read GET /api/v1/events and nothing else; it is told this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The program's name and how long the token lives."""
        parser.add_argument("name", help="what the program is called: up to 32 letters, digits and hyphens")
        parser.add_argument(
            "--days", type=whole_number(least=1, most=3650), default=365, help="how long the token is valid (365)"
        )

    def handle(self, *args: Any, name: str, days: int, **options: Any) -> None:
        """Makes the token and prints it."""
        try:
            CARD_NUMBER(name)
            self.stdout.write(make_listener(name=name, now=timezone.now(), days=days))
        except ValidationError as fault:
            raise CommandError(f"{name}: {fault.messages[0]}") from fault
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

"""`manage.py import_patrons`: takes a table of patrons into the register."""

from django.core.management.base import CommandParser

from kernel.importing.command import STATUS, ImportCommand


class Command(ImportCommand):
    kind_name = "patrons"
    own_options = ("overwrite", "new_categories", "invite")
    help = f"""Takes the patrons of FILE into the register: a CSV, KOLAS's list of patrons or a spreadsheet.

A record fills in what is missing of the patron with that card, else it becomes a new one; the same file again changes
nothing. Who has another name here waits on the page of doubts. Passwords are taken only where they are hashed as here:
others choose one by a link, once.

{STATUS}"""

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        super().add_arguments(parser)
        parser.add_argument("--overwrite", action="store_true", help="the file is right, not what was corrected here")
        parser.add_argument("--new-categories", action="store_true", help="make categories that are missing")
        parser.add_argument("--invite", action="store_true", help="mail new patrons a link to choose a password")

"""`manage.py import_books`: takes a file of bibliographic records into the catalogue."""

from django.core.management.base import CommandParser

from kernel.command_line import whole_number
from kernel.importing.command import STATUS, ImportCommand


class Command(ImportCommand):
    kind_name = "books"
    formats = ("marc", "marcxml", "table")
    own_options = ("copies", "overwrite", "take_doubts")
    help = f"""Takes the records of FILE into the catalogue: MARC 21, KORMARC, MARCXML, CSV or a spreadsheet.

A record changes the book that came from it before or that it is about, else it becomes a new book; the same file
again changes nothing. A record that can't be taken is reported, and the rest goes on; what may be a book that is
here already, and disagrees with it, waits on the page of doubts.

{STATUS}"""

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        super().add_arguments(parser)
        copies = whole_number(least=0, most=100)  # as on the staff side
        parser.add_argument("--copies", type=copies, default=0, metavar="N", help="give each new book N copies")
        parser.add_argument("--overwrite", action="store_true", help="the file is right, not what was corrected here")
        parser.add_argument("--take-doubts", action="store_true", help="take what is in doubt for a book of its own")

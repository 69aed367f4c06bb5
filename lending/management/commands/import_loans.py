"""`manage.py import_loans`: takes a table of open loans in."""

from kernel.importing.command import STATUS, ImportCommand


class Command(ImportCommand):
    kind_name = "loans"
    help = f"""Takes the open loans of FILE in: a line for each copy that is out, with card, barcode and due date.

Books and patrons come in before. A loan keeps the due date of the file and the rules of today; the same file again
changes nothing. Where a line has the last day of a suspension, the patron is blocked until then.

{STATUS}"""

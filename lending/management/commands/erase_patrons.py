"""`manage.py erase_patrons`: who was erased, and erasing them again where a backup brought them back."""

import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kernel.refusals import Refused
from lending.erasing.restrictions import forget_who_acted
from lending.erasing.services import erase_patron
from lending.models import Patron

AGAIN = "erased before the backup was restored"
LONGEST = 18
"""Digits of a number that a database has room for."""


class Command(BaseCommand):
    help = (
        "Lists the numbers of those who were erased (--list), to be kept beside the backups; or erases those of such a "
        "list again after a restore: `erase_patrons --again erased.txt`, `-` for standard input. Safe to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--list", action="store_true", help="write the number of everybody who was erased")
        what.add_argument("--again", metavar="FILE", help="erase the people of a list")

    def handle(self, *args: Any, **options: Any) -> None:
        """Lists, or erases and says of whom that was refused."""
        if options["list"]:
            erased = Patron.objects.filter(erased_at__isnull=False).order_by("pk")
            for pk, erased_at in erased.values_list("pk", "erased_at").iterator():
                self.stdout.write(f"{pk} {timezone.localdate(erased_at)}")
            return
        forget_who_acted()
        refused = [fault for number in _numbers(options["again"]) if (fault := _erase(number))]
        if refused:
            raise CommandError("not erased, do what is said and run this again:\n" + "\n".join(refused))
        self.stdout.write("everybody of the list is erased")


def _erase(number: int) -> str:
    """Why somebody can't be erased yet; nothing where it is done, or nobody has the number."""
    try:
        erase_patron(number, reason=AGAIN, now=timezone.now())
    except Refused as refusal:
        return f"{number}: " + " ".join(str(reason) for reason in refusal.reasons or (refusal,))
    except ObjectDoesNotExist:  # the backup is older than the person
        return ""
    return ""


def _numbers(name: str) -> list[int]:
    """The numbers at the beginnings of the lines, once all of them have one. Raises `CommandError`."""
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        lines = content.decode("utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except OSError as error:
        raise CommandError(f"{name} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{name} is no text in UTF-8: is it a list of `erase_patrons --list`?") from error
    return [_number(line) for line in map(str.strip, lines.splitlines()) if line]


def _number(line: str) -> int:
    number = line.split()[0]
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST):
        raise CommandError(f"{line!r} has no number in front: is it a list of `erase_patrons --list`?")
    return int(number)

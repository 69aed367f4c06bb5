"""`manage.py import_books`: takes a file of bibliographic records into the catalogue."""

import codecs
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.importing.importer import Importer
from catalog.importing.marc import END_OF_RECORD, marc_records, marcxml_records
from catalog.importing.records import CannotImportError, Incoming
from catalog.importing.report import ENDINGS, Reason, Report
from catalog.importing.tables import FIELDS, csv_records
from kernel.progress import progress_bar

FORMATS = {".mrc": "marc", ".marc": "marc", ".dat": "marc", ".xml": "marcxml", ".marcxml": "marcxml"}
SEPARATORS = {"marc": END_OF_RECORD, "marcxml": b"<record", "csv": b"\n"}
SOME_LOST = 3
HELP = """Takes the records of FILE into the catalogue: MARC 21 (.mrc), MARCXML (.xml) or CSV.

A record changes the book that came from it before (by its control number) or that has its ISBN, else it becomes
a new book; the same file again changes nothing. A record that can't be taken is reported, and the rest goes on.

Exit status: 0 when the catalogue has every record of the file now; 3 when the file was read to its end, but some
records could not be taken (the report says which); 1 when the file can't be read or breaks off (what came before
stays: repair it and run it again)."""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *args: Any, **options: Any) -> CommandParser:
        """The parser, which leaves the help's lines as they are."""
        parser = super().create_parser(*args, **options)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--format", choices=["auto", *SEPARATORS], default="auto", help="auto: by the file's ending"
        )
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN", help=f"CSV: the column of {', '.join(FIELDS)}"
        )
        parser.add_argument("--copies", type=int, default=0, metavar="N", help="give each new book N copies")
        parser.add_argument(
            "--report", type=Path, metavar="PATH", help="write what became of the records: .json or .csv"
        )
        parser.add_argument("--encoding", help="of the text, when it is not found out rightly, such as cp949")
        parser.add_argument(
            "--source", help="whose control numbers these are, when no 003 says it (default: the file's name)"
        )
        parser.add_argument("--dry-run", action="store_true", help="change nothing, only report")

    def handle(self, *args: Any, **options: Any) -> None:
        """Imports, and tells what became of each record."""
        path, target = options["file"], options["report"]
        _refuse_nonsense(path, target, options["copies"], options["encoding"])
        form = FORMATS.get(path.suffix.lower(), "csv") if options["format"] == "auto" else options["format"]
        report = Report(path.name, form, dry_run=options["dry_run"])
        importer = Importer(report, now=timezone.now(), copies=options["copies"])
        try:
            with ExitStack() as stack:
                records = _records(stack, path, form, options)
                importer.take(records, stack.enter_context(progress_bar(path.name, _expected(path, form))))
        except (CannotImportError, OSError) as error:
            raise CommandError(str(error)) from error
        finally:
            if target:
                report.write(target)
            if report.read:
                self._report(report)
        if not report.read:
            raise CommandError(_("%(file)s holds no record of the format %(format)s.") % {"file": path, "format": form})
        if report.lost:
            raise CommandError(
                _("%(count)s records could not be taken.") % {"count": report.lost}, returncode=SOME_LOST
            )

    def _report(self, report: Report) -> None:
        figures = report.summary()
        self.stdout.write(
            _("%(read)s read: %(added)s added, %(updated)s updated, %(unchanged)s unchanged, %(skipped)s skipped")
            % figures
        )
        for title, reasons in ((_("skipped"), figures["skipped_why"]), (_("noted"), figures["noted_why"])):
            for reason, count in sorted(reasons.items()):
                self.stdout.write(f"  {title}: {count} × {Reason(reason).label}")
        if report.dry_run:
            self.stdout.write(_("This was a rehearsal: nothing was changed."))


def _refuse_nonsense(path: Path, target: Path | None, copies: int, encoding: str | None) -> None:
    if not path.is_file():
        raise CommandError(_("There is no file %(file)s.") % {"file": path})
    if copies < 0:
        raise CommandError(_("A book can't have fewer than 0 copies."))
    if target and (target.suffix not in ENDINGS or not target.parent.is_dir()):
        raise CommandError(_("The report can't be written to %(file)s: name a .json or .csv file.") % {"file": target})
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError as error:
        raise CommandError(_("There is no encoding %(name)s.") % {"name": encoding}) from error


def _records(stack: ExitStack, path: Path, form: str, options: dict[str, Any]) -> Iterator[Incoming]:
    system, encoding = options["source"] or path.stem, options["encoding"]
    if form == "csv":
        return csv_records(path, system, encoding, dict(map(_mapped, options["map"])))
    file = stack.enter_context(path.open("rb"))
    return marc_records(file, system, encoding) if form == "marc" else marcxml_records(file, system)


def _mapped(text: str) -> tuple[str, str]:
    name, _sign, column = text.partition("=")
    if name not in FIELDS or not column:
        raise CommandError(_("--map takes FIELD=COLUMN; the fields are %(fields)s.") % {"fields": ", ".join(FIELDS)})
    return name, column


def _expected(path: Path, form: str) -> int:
    """About how many records there are, for the progress bar."""
    with path.open("rb") as file:
        return sum(chunk.count(SEPARATORS[form]) for chunk in iter(lambda: file.read(1 << 20), b""))

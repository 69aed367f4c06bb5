"""What the commands that take a file in share: their arguments, their bar, what they print, and their exit status."""

from argparse import RawDescriptionHelpFormatter
from collections.abc import Mapping
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.importing.batches import Work
from kernel.importing.engine import work_on
from kernel.importing.kinds import Kind, Preview, kinds
from kernel.importing.leases import release_lease, take_lease
from kernel.importing.models import Import
from kernel.importing.queries import imports_of
from kernel.importing.records import CannotImportError
from kernel.importing.report import FORMS, Report
from kernel.importing.services import RESUMABLE, resume_import, start_import, stop_import
from kernel.importing.uploads import digest_of
from kernel.progress import progress_bar
from kernel.storage.rehearsing import rehearsing

LEASE = timedelta(minutes=10)
"""A command may read for long before its first batch; of one that was killed, the import counts as stopped then."""
SOME_LOST = 3
STATUS = """Exit status: 0 when the library has every record of the file now; 3 when the file was read to its end, but
some records could not be taken or are in doubt (the report says which); 1 when the file can't be read or
breaks off (what came before stays: repair the file and run it again, or go on with --resume)."""


class ImportCommand(BaseCommand):
    """A command for one kind of import; the kind's own arguments become options of the import."""

    kind_name: ClassVar[str]
    formats: ClassVar[tuple[str, ...]] = ()
    own_options: ClassVar[tuple[str, ...]] = ()

    def create_parser(self, *args: Any, **options: Any) -> CommandParser:
        """The parser, which leaves the help's lines as they are."""
        parser = super().create_parser(*args, **options)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line, whatever the kind."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--format", choices=["auto", *self.formats], default="auto", help="auto: by the file")
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN", help="tables: a field's column"
        )
        parser.add_argument("--encoding", default="", help="of the text, when it is not found out rightly: cp949")
        parser.add_argument("--source", default="", help="whose numbers these are, where its files come again")
        parser.add_argument(
            "--report", type=Path, metavar="PATH", help="write what became of the records: .json or .csv"
        )
        parser.add_argument("--preview", action="store_true", help="only show how the file is understood")
        parser.add_argument("--dry-run", action="store_true", help="change nothing, only report")
        parser.add_argument("--resume", action="store_true", help="go on with the import of this file that broke off")

    def handle(self, *args: Any, **options: Any) -> None:
        """Shows the file, or takes it in and tells what became of each record."""
        kind, path = kinds()[self.kind_name], options["file"]
        _refuse_nonsense(path, options["report"])
        chosen = self._chosen(kind, path, options)
        if options["preview"]:
            with _faults_shown():
                self._show(kind.preview(path, chosen), kind)
            return
        with rehearsing(kind.context) if options["dry_run"] else nullcontext():
            self._import(kind, path, chosen, options)

    def _import(self, kind: Kind, path: Path, chosen: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        with _faults_shown():
            run = _unfinished(kind, path) if options["resume"] else _started(kind, path, chosen)
        report = Report(run, kind)
        self._take(report, path)
        if options["report"]:
            with _faults_shown():
                report.write(options["report"])
        self._print(report)
        if options["dry_run"]:
            self.stdout.write(_("This was a rehearsal: nothing was changed."))
        _judge(report)

    def _chosen(self, kind: Kind, path: Path, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options of the import, as `Import.options` has them; the kind's own form has the last word about them."""
        chosen = {name: options[name] for name in (*self.own_options, "format", "encoding", "source")}
        form = kind.options_form(chosen)
        if not form.is_valid():
            raise CommandError("\n".join(f"--{name}: {' '.join(map(str, why))}" for name, why in form.errors.items()))
        columns = dict(_mapped(kind, text) for text in options["map"])
        return {**chosen, "dry_run": options["dry_run"], "map": columns}

    def _take(self, report: Report, path: Path) -> None:
        """Takes the file in; whoever interrupts it stops it behind the last batch."""
        run, kind, now = report.run, report.kind, timezone.now()
        resume_import(run, kind=kind)
        if not take_lease(run, now=now, until=now + LEASE):
            raise CommandError(_("Somebody else is working on this import."))
        work = Work(run=run, kind=kind, clock=timezone.now, lease=LEASE)
        try:
            with progress_bar(path.name, run.expected) as move_on:
                move_on(run.position)
                work_on(work, lambda: path, progress=move_on)
        except (KeyboardInterrupt, SystemExit):
            stop_import(run, now=timezone.now())
            release_lease(run)
            raise

    def _show(self, preview: Preview, kind: Kind) -> None:
        self.stdout.write(f"{preview.format}, {preview.encoding}")
        for heading, field in preview.columns:
            self.stdout.write(f"  {heading}: {dict(kind.fields).get(field, field) or '–'}")
        sentences = dict(kind.reasons.choices)
        for reason, detail in preview.notes:
            self.stdout.write(f"  {sentences.get(reason, reason)}: {detail}")
        for number, record in enumerate(preview.shown, start=1):
            self.stdout.write(f"{number}. " + "; ".join(f"{label}: {text}" for label, text in record))

    def _print(self, report: Report) -> None:
        figures = report.summary()
        line = _("%(read)s read: %(added)s added, %(updated)s updated, %(unchanged)s unchanged, %(skipped)s skipped")
        doubts = _(", %(doubts)s in doubt") if figures["doubts"] else ""
        self.stdout.write((line + doubts) % figures)
        for title, outcome in ((_("skipped"), "skipped"), (_("noted"), "noted")):
            for reason, count in figures[f"{outcome}_why"].items():
                self.stdout.write(f"  {title}: {count} × {report.sentence(reason)}")


def _judge(report: Report) -> None:
    run = report.run
    if run.status != Import.Status.DONE:
        raise CommandError(run.error or _("The import was stopped."))
    if report.lost:
        sentence = ngettext(
            "%(count)s record could not be taken.", "%(count)s records could not be taken.", report.lost
        ) % {"count": report.lost}
        raise CommandError(sentence, returncode=SOME_LOST)


def _refuse_nonsense(path: Path, target: Path | None) -> None:
    if not path.is_file():
        raise CommandError(_("There is no file %(file)s.") % {"file": path})
    if not target:
        return
    if target.suffix.lower() not in FORMS or not target.parent.is_dir() or target.is_dir():
        raise CommandError(_("The report can't be written to %(file)s: name a .json or .csv file.") % {"file": target})
    if target.exists() and target.samefile(path):
        raise CommandError(_("The report would overwrite %(file)s, which is to be taken in.") % {"file": target})


def _mapped(kind: Kind, text: str) -> tuple[str, str]:
    name, _sign, column = text.partition("=")
    fields = dict(kind.fields)
    if name not in fields or not column:
        raise CommandError(_("--map takes FIELD=COLUMN; the fields are %(fields)s.") % {"fields": ", ".join(fields)})
    return name, column


def _started(kind: Kind, path: Path, options: Mapping[str, Any]) -> Import:
    expected, now = kind.expected(path, options), timezone.now()
    return start_import(kind=kind, file=path, options=options, expected=expected, by=None, via="command", now=now)


def _unfinished(kind: Kind, path: Path) -> Import:
    """The last import of this very file that did not come to its end. Of a command that was killed it stops here, when
    nobody can be at work any more."""
    running, now = Import.Status.RUNNING, timezone.now()
    runs = imports_of(kind).filter(digest=digest_of(path), stored_as="", status__in=(*RESUMABLE, running))
    run = runs.order_by("pk").last()
    if run is None:
        raise CannotImportError(_("No import of this file broke off: leave --resume out."))
    if run.status == running:
        if run.lease_until and run.lease_until > now:
            sentence = _("Somebody else is working on this import. If that was killed, go on with it from %(time)s on.")
            raise CannotImportError(sentence % {"time": f"{timezone.localtime(run.lease_until):%H:%M:%S}"})
        stop_import(run, now=now)
    return run


@contextmanager
def _faults_shown() -> Any:
    """What is wrong with a file, as the command's error."""
    try:
        yield
    except (CannotImportError, OSError) as error:
        raise CommandError(str(error)) from error

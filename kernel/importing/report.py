"""The report of an import: figures, and what is to be told of its records, as JSON or as a table for a spreadsheet."""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from kernel.importing.batches import REFUSED
from kernel.importing.kinds import Kind
from kernel.importing.models import Entry, Import
from kernel.importing.tables.totals import TOTAL_ROW
from kernel.spreadsheets.csv_lines import csv_lines

COLUMNS = ("number", "label", "outcome", "reason", "sentence", "detail", "row")
FIGURES = ("position", "added", "updated", "unchanged", "skipped", "doubts")
COUNTED_BY_REASON = (Entry.Outcome.SKIPPED, Entry.Outcome.NOTED, Entry.Outcome.KEPT)


class Report:
    """What became of an import's records, in the language that is active when the report is made.

    Each record that was read is counted once: added, updated, unchanged, skipped, or in doubt.
    """

    def __init__(self, run: Import, kind: Kind) -> None:
        self.run, self.kind = run, kind
        self.sentences = {REFUSED: _("the library refused the record")} | dict(sentences(kind))

    def entries(self, outcome: str = "", reason: str = "") -> QuerySet[Entry]:
        """What is to be told, in the order of the file; all of it, or what has that outcome, and for that reason."""
        entries = Entry.objects.using(self.run._state.db).filter(run=self.run.pk).order_by("number", "pk")
        wanted = {name: value for name, value in (("outcome", outcome), ("reason", reason)) if value}
        return entries.filter(**wanted)

    def sentence(self, reason: str) -> str:
        """What a reason says."""
        return self.sentences.get(reason, reason)

    def detail(self, entry: Entry) -> str:
        """The detail, with the fields that it names as people call them."""
        names, colon, value = entry.detail.partition(": ")
        fields = names.split(", ")
        if not self.kind.labels.keys() >= set(fields):
            return entry.detail
        return ", ".join(str(self.kind.labels[name]) for name in fields) + colon + value

    def reasons(self, outcome: str) -> dict[str, int]:
        """How many entries with that outcome there are for each reason."""
        counted = self.entries(outcome).order_by().values_list("reason").annotate(Count("pk")).order_by("reason")
        return dict(counted)

    @property
    def lost(self) -> int:
        """How many records are not here now: those in doubt, and the skipped ones that are not skipped for good."""
        kept_out = self.kind.harmless | {TOTAL_ROW}
        harmless = sum(count for reason, count in self.reasons("skipped").items() if reason in kept_out)
        return self.run.skipped + self.run.doubts - harmless

    def summary(self) -> dict[str, Any]:
        """All figures."""
        run = self.run
        why = {f"{outcome}_why": self.reasons(outcome) for outcome in COUNTED_BY_REASON}
        facts = {"file": run.file_name, "digest": run.digest, "status": run.status, "error": run.error}
        figures = {"read": run.position, **{name: getattr(run, name) for name in FIGURES[1:]}}
        return {"import": run.pk, "dry_run": run.is_rehearsal, **facts, **figures, **why}

    def rows(self) -> Iterator[dict[str, Any]]:
        """The entries, a record of `COLUMNS` each, read a few at a time."""
        for entry in self.entries().iterator(chunk_size=2_000):
            words = {"sentence": self.sentence(entry.reason), "detail": self.detail(entry)}
            yield {name: words[name] if name in words else getattr(entry, name) for name in COLUMNS}

    def as_json(self) -> Iterator[str]:
        """The figures with `records`, piece by piece."""
        yield json.dumps(self.summary(), ensure_ascii=False, indent=1)[:-2] + ',\n "records": ['
        separator = "\n  "
        for row in self.rows():
            yield separator + json.dumps(row, ensure_ascii=False)
            separator = ",\n  "
        yield "\n ]\n}\n"

    def as_csv(self) -> Iterator[str]:
        """The entries, piece by piece."""
        rows = (["" if cell is None else cell for cell in row.values()] for row in self.rows())
        return csv_lines(chain([COLUMNS], rows))

    def write(self, path: Path) -> None:
        """Writes the report, as JSON or CSV by the path's ending."""
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(FORMS[path.suffix.lower()](self))


FORMS: Mapping[str, Callable[[Report], Iterator[str]]] = {".json": Report.as_json, ".csv": Report.as_csv}
"""How a report can be written, by the ending of the file."""


def sentences(kind: Kind) -> Iterator[tuple[str, str]]:
    """The kind's reasons, each with its sentence."""
    yield from ((str(code), str(label)) for code, label in kind.reasons.choices)

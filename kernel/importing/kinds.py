"""What a context brings to an import: its record, how one is read, and how many are taken in at once."""

import codecs
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from kernel.importing.models import Doubt, Entry, Import
from kernel.importing.records import Incoming

Words = str | Promise

DECISIONS: Mapping[str, Words] = {
    Doubt.Decision.SAME: _("The same"),
    Doubt.Decision.OTHER: _("Another"),
    Doubt.Decision.ASIDE: _("Set aside"),
}


@dataclass
class Taken:
    """What became of a batch: how many records, by outcome, what is to be told of them, and what is in doubt.

    Each record is counted once: as added, updated, unchanged or skipped, or by its entry that it is in doubt; `doubts`
    are those that are not open yet.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    entries: list[Entry] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def add_entry(self, record: Incoming, outcome: str, reason: str = "", detail: str = "", **more: Any) -> None:
        """Something for the report; the outcome is not counted."""
        about = {"number": record.number, "row": record.row, "label": record.label}
        self.entries.append(Entry(outcome=outcome, reason=reason, detail=detail, **about, **more))

    def skip(self, record: Incoming, reason: str, detail: str = "") -> None:
        """The record stays out, and is counted so."""
        self.skipped += 1
        self.add_entry(record, Entry.Outcome.SKIPPED, reason, detail)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """How a file is understood: its format and encoding, what each column is taken for, and its first records.

    `columns` are pairs of a column's heading and the name of the field it is taken for (empty: not used). `shown` has
    for each record pairs of a label and a text. `notes` are pairs of a reason's code and a detail.
    """

    format: str
    encoding: str
    columns: Sequence[tuple[str, str]]
    shown: Sequence[Sequence[tuple[str, str]]]
    notes: Sequence[tuple[str, str]] = ()


class EncodingOptions(forms.Form):
    """The encoding of a file, where it is not found out rightly."""

    encoding = forms.CharField(
        label=_("encoding"),
        required=False,
        help_text=_("Only where it is not found out rightly: utf-8, cp949, utf-16."),
    )

    def clean_encoding(self) -> str:
        """A name that there is an encoding of. Raises `ValidationError`."""
        name: str = self.cleaned_data["encoding"].strip()
        try:
            codecs.lookup(name) if name else None
        except LookupError as error:
            raise forms.ValidationError(_("There is no encoding %(name)s.") % {"name": name}) from error
        return name


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of import.

    `read` gives the records behind the first `start` ones of a file (`options` as `Import.options`), and raises
    `CannotImportError`. `take` takes a batch within the transaction that the engine opened in the context's database,
    and publishes what others must hear of; records that were rejected by their reader never reach it. `decide`
    carries out, in the same way, that the record is about the same thing, about another, or set aside, and returns a
    sentence about what came of it, or raises `Refused`. `undo` takes back the next things that the import added or
    changed, at most `limit`, as far as nothing has happened to them; it returns how many it looked at (0: all done)
    and entries about those that stay.
    """

    name: str
    context: str
    reasons: type[TextChoices]
    read: Callable[[Path, Mapping[str, Any], int], Iterator[Incoming]]
    expected: Callable[[Path, Mapping[str, Any]], int]
    preview: Callable[[Path, Mapping[str, Any]], Preview]
    take: Callable[[Import, Sequence[Any], datetime], Taken]
    decide: Callable[[Doubt, str, datetime], str]
    undo: Callable[[Import, int, datetime], tuple[int, list[Entry]]]
    settle: Callable[[Import, datetime], Taken] = lambda run, now: Taken()
    """What only the whole file tells, done once behind the last batch, within a transaction as `take`; what it counts
    is added to the import's figures, and may be less than nothing. Where the database refuses it, nothing is done."""
    sides: Callable[[Doubt], Sequence[tuple[str, str, str]]] = lambda doubt: ()
    """The two sides of a doubt: triples of a label, what is here, and what the file says."""
    options_form: type[forms.Form] = forms.Form
    """What may be chosen for a file; its cleaned values become `Import.options`, so they are plain values of JSON."""
    fields: Sequence[tuple[str, Words]] = ()
    """The names and labels of the fields that a column may be taken for; the choice is `map` of the options: the
    heading of each field, empty for one that no column is taken for."""
    labels: Mapping[str, Words] = field(default_factory=dict)
    """What people call the fields that details name."""
    decisions: Mapping[str, Words] = field(default_factory=lambda: DECISIONS)
    """What the decisions of a doubt are called."""
    harmless: frozenset[str] = frozenset({"duplicate", "deleted"})
    """Reasons for which a record is skipped and yet nothing is lost."""


@cache
def kinds() -> Mapping[str, Kind]:
    """The project's kinds of imports, by name, as the setting `IMPORTS` lists them."""
    return {kind.name: kind for kind in map(import_string, settings.IMPORTS)}

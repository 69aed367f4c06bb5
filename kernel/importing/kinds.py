"""What a context brings to an import: its record, how one is read, and how many are taken in at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.module_loading import import_string

from kernel.importing.models import Doubt, Entry, Import
from kernel.importing.records import Incoming


@dataclass
class Taken:
    """What became of a batch: how many records, by outcome, what is to be told of them, and what is in doubt."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    entries: list[Entry] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """How a file is understood: its format and encoding, what each column is taken for, and its first records.

    `columns` are pairs of a column's heading and the name of the field it is taken for (empty: not used). `shown` has
    for each record pairs of a label and a text.
    """

    format: str
    encoding: str
    columns: Sequence[tuple[str, str]]
    shown: Sequence[Sequence[tuple[str, str]]]
    notes: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of import.

    `read` gives the records behind the first `start` ones of a file (`options` as `Import.options`), and raises
    `CannotImportError`. `take` takes a batch within the transaction that the engine opened in the context's database,
    and publishes what others must hear of. `decide` carries a decision about a doubt out, in the same way, and
    returns a sentence about what came of it, or raises `Refused`. `undo` takes back the next things that the import
    added or changed, at most `limit`, as far as nothing has happened to them; it returns how many it looked at (0:
    all done) and entries about those that stay.
    """

    name: str
    context: str
    reasons: type[TextChoices]
    read: Callable[[Path, Mapping[str, Any], int], Iterator[Incoming]]
    expected: Callable[[Path, Mapping[str, Any]], int]
    preview: Callable[[Path, Mapping[str, Any]], Preview]
    take: Callable[[Import, Sequence[Incoming], datetime], Taken]
    decide: Callable[[Doubt, str, datetime], str]
    undo: Callable[[Import, int, datetime], tuple[int, list[Entry]]]


@cache
def kinds() -> Mapping[str, Kind]:
    """The project's kinds of imports, by name, as the setting `IMPORTS` lists them."""
    return {kind.name: kind for kind in map(import_string, settings.IMPORTS)}

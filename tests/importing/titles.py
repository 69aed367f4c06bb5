"""A small kind of import, over the catalogue's books: a text file with a title in each line.

`!` before a title makes it unreadable, `?` a doubt about the book of that title, `=` the book of that title updated;
`title|isbn` has an ISBN, which the database refuses where another book has it; the line `BREAK` breaks the file off,
`BUG` and `DIE` are faults of whoever reads it.
"""

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from catalog.events import BookRegistered
from catalog.models import Book, SourceRecord
from kernel.eventbus.publishing.outbox import publish
from kernel.importing.kinds import Kind, Preview, Taken
from kernel.importing.models import Doubt, Entry, Import
from kernel.importing.records import CannotImportError, Incoming
from kernel.refusals import Refused

KIND_PATH = "tests.importing.titles.TITLES"
EMPTY = "Tell nobody"


class Reason(TextChoices):
    """What the report says."""

    UNREADABLE = "unreadable", _("the record can't be read")
    IN_DOUBT = "in_doubt", _("it may be a book that is here already: decide on the page of doubts")
    SHORTENED = "shortened", _("a part was too long and was shortened")
    KEPT = "kept", _("a field stays as somebody corrected it here, though the source says otherwise now")


class NotTheSame(Refused):
    code = "not_the_same"
    sentence = "They are not the same."


class Options(forms.Form):
    """What may be chosen."""

    encoding = forms.ChoiceField(choices=[("utf-8", "UTF-8"), ("cp949", "CP949")], initial="utf-8", required=False)
    source = forms.CharField(required=False)


@dataclass(kw_only=True)
class Line(Incoming):
    """A title."""

    title: str = ""
    isbn: str | None = None

    @property
    def label(self) -> str:
        """Its title."""
        return self.title


def read(path: Path, options: Mapping[str, Any], start: int) -> Iterator[Line]:
    """The lines."""
    with path.open(encoding=options.get("encoding") or "utf-8") as file:
        for number, line in enumerate(islice(file, start, None), start=start + 1):
            title, _sign, isbn = line.strip().partition("|")
            if title == "BREAK":
                raise CannotImportError(f"The file breaks off behind record {number - 1}.")
            if title == "BUG":
                raise ValueError("a bug of the reader")
            if title == "DIE":
                os.kill(os.getpid(), signal.SIGKILL)
            record = Line(number=number, title=title.removeprefix("!"), isbn=isbn or None)
            if title.startswith("!"):
                record.rejected = (Reason.UNREADABLE, title[:5])
            yield record


def expected(path: Path, options: Mapping[str, Any]) -> int:
    """The number of lines."""
    with path.open("rb") as file:
        return sum(1 for _ in file)


def preview(path: Path, options: Mapping[str, Any]) -> Preview:
    """The first ten."""
    try:
        first = list(islice(read(path, options, 0), 10))
    except UnicodeDecodeError as error:
        raise CannotImportError("It is not in this encoding: choose another.") from error
    column = next(
        (heading for field, heading in options.get("map", {}).items() if field == "title" and heading), "제목"
    )
    return Preview(
        format="titles",
        encoding=options.get("encoding") or "utf-8",
        columns=[(column, "title"), ("비고", "")],
        shown=[[("title", record.title)] for record in first],
        notes=[(Reason.SHORTENED, "10")],
    )


def take(run: Import, batch: Sequence[Any], now: datetime) -> Taken:
    """Registers what is new."""
    taken = Taken()
    for record in batch:
        name = record.title.lstrip("?=")
        book = Book.objects.filter(title=name, withdrawn_at=None).first()
        if book and record.title.startswith("?"):
            taken.add_entry(record, Entry.Outcome.DOUBT, Reason.IN_DOUBT)
            taken.doubts.append(
                Doubt(number=record.number, label=name, reason=Reason.IN_DOUBT, record={"title": name}, subject=book.pk)
            )
        elif book and record.title.startswith("="):
            Book.objects.filter(pk=book.pk).update(publisher=f"import {run.pk}")
            taken.updated += 1
            taken.add_entry(record, Entry.Outcome.UPDATED, before={"publisher": book.publisher})
        elif book:
            taken.unchanged += 1
        else:
            register(run, name, record.isbn, now)
            taken.added += 1
    return taken


def register(run: Import, title: str, isbn: str | None, now: datetime) -> Book:
    """A book that remembers its import."""
    book = Book.objects.create(title=title, isbn=isbn, registered_at=now)
    SourceRecord.objects.create(key=f"titles:{book.pk}", book=book, said={}, first_import=run.pk)
    publish(BookRegistered(occurred_at=now, book=book.pk, title=title, revision=1, isbn=isbn))
    return book


def decide(doubt: Doubt, decision: str, now: datetime) -> str:
    """The same: nothing more. Another: a book of its own. Set aside: nothing."""
    if doubt.label == "refused":
        raise NotTheSame
    if decision == Doubt.Decision.OTHER:
        register(doubt.run, f"{doubt.label} (2)", None, now)
        return "Registered."
    return "It is the same." if decision == Doubt.Decision.SAME else "It is set aside."


def undo(run: Import, limit: int, now: datetime) -> tuple[int, list[Entry]]:
    """Deletes the books that have no call number."""
    brought = list(SourceRecord.objects.filter(first_import=run.pk).order_by("pk").select_related("book")[:limit])
    kept = []
    for record in brought:
        if record.book.call_number:
            kept.append(Entry(number=0, label=record.book.title, outcome=Entry.Outcome.KEPT, reason=Reason.KEPT))
            SourceRecord.objects.filter(pk=record.pk).update(first_import=None)
        else:
            record.delete()
            record.book.delete()
    return len(brought), kept


def sides(doubt: Doubt) -> Sequence[tuple[str, str, str]]:
    """The titles, and the publishers."""
    book = Book.objects.get(pk=doubt.subject)
    return [("title", book.title, doubt.record["title"]), ("publisher", book.publisher, "")]


TITLES = Kind(
    name="books",
    context="catalog",
    reasons=Reason,
    read=read,
    expected=expected,
    preview=preview,
    take=take,
    decide=decide,
    undo=undo,
    sides=sides,
    options_form=Options,
    fields=[("title", _("title")), ("publisher", _("publisher"))],
    decisions={"same": _("The same"), "other": _("Another edition"), "aside": _("Set aside")},
)

"""What a batch of records will write, gathered so that each table takes one statement for many."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.events import BookRegistered, BookRevised
from catalog.models import Book, Copy, SourceRecord
from catalog.rules import barcode_for
from catalog.services.books import facts, note_keys
from catalog.services.copies import copy_added, copy_revised, fresh_barcodes
from kernel.eventbus.publishing.outbox import publish_many

SLICE = 500
KEYED = {"title", "call_number", "volume"}


@dataclass
class Batch:
    """New and changed books, copies and words of sources. Nothing is written before `write`."""

    now: datetime
    added: list[Book] = field(default_factory=list)
    changed: dict[int, tuple[Book, set[str]]] = field(default_factory=dict)
    """By the book's id: the book and the names of its changed fields."""
    copies: list[Copy] = field(default_factory=list)
    """New ones; those without a barcode get one of their book's own series."""
    changed_copies: list[Copy] = field(default_factory=list)
    sources: dict[str, SourceRecord] = field(default_factory=dict)

    def add(self, book: Book) -> None:
        """A new book."""
        note_keys(book)
        self.added.append(book)

    def change(self, book: Book, changes: dict[str, Any]) -> None:
        """New values of a book's fields; of one that this batch adds too."""
        for name, value in changes.items():
            setattr(book, name, value)
        if KEYED & changes.keys():
            note_keys(book)
        if book.pk and changes:
            _book, names = self.changed.setdefault(book.pk, (book, set()))
            names.update(changes)

    def write(self) -> None:
        """Writes all of it within the caller's transaction, and announces it. Raises `IntegrityError`, `DataError`."""
        Book.objects.bulk_create(self.added, batch_size=SLICE)
        self._write_changes()
        self._write_sources()
        self._name_copies()
        Copy.objects.bulk_create(self.copies, batch_size=SLICE)
        self._write_copies()
        publish_many(self._events())

    def _events(self) -> list[Any]:
        added = [BookRegistered(occurred_at=self.now, **facts(book), isbn=book.isbn) for book in self.added]
        changed = [book for book, _names in self.changed.values()]
        revised = [BookRevised(occurred_at=self.now, **facts(book), isbn=book.isbn) for book in changed]
        new_copies = [copy_added(copy, copy.book, self.now) for copy in self.copies]
        return [
            *added,
            *revised,
            *new_copies,
            *(copy_revised(copy, copy.book, self.now) for copy in self.changed_copies),
        ]

    def _write_changes(self) -> None:
        """Writes the changed fields, many books in a statement."""
        books = [book for book, _names in self.changed.values()]
        for book in books:
            book.revision += 1
        names = {name for _book, changed in self.changed.values() for name in changed}
        if books:
            Book.objects.bulk_update(books, [*names, "revision", "match_key", "shelf_key"], batch_size=100)

    def _write_sources(self) -> None:
        SourceRecord.objects.bulk_create(
            self.sources.values(),
            batch_size=SLICE,
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["book", "said", "said_in", "twins"],
        )

    def _write_copies(self) -> None:
        for copy in self.changed_copies:
            copy.revision += 1
        if self.changed_copies:
            names = ["type", "for_loan", "shelving_mark", "volume", "copy_number", "room", "price", "items", "revision"]
            Copy.objects.bulk_update(self.changed_copies, names, batch_size=100)

    def _name_copies(self) -> None:
        """Gives copies without a barcode the next ones of their book's series."""
        added = {id(book) for book in self.added}
        for book, nameless in _by_book(self.copies):
            series = (
                [barcode_for(book.pk, number) for number in range(1, len(nameless) + 1)]
                if id(book) in added
                else fresh_barcodes(book, len(nameless))
            )
            for copy, barcode in zip(nameless, series, strict=True):
                copy.barcode = barcode


def _by_book(copies: Sequence[Copy]) -> list[tuple[Book, list[Copy]]]:
    nameless: dict[int, tuple[Book, list[Copy]]] = {}
    for copy in copies:
        if not copy.barcode:
            nameless.setdefault(id(copy.book), (copy.book, []))[1].append(copy)
    return list(nameless.values())

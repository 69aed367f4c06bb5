"""What a batch of records will write, gathered so that each table takes one statement for many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.events import BookRegistered, BookRevised
from catalog.models import Book, Copy, SourceRecord
from catalog.rules import barcode_for
from catalog.services.books import facts, note_keys
from catalog.services.copies import fresh_barcodes
from catalog.services.copy_events import copy_added, copy_revised
from kernel.eventbus.publishing.outbox import publish_many
from kernel.storage.bulk import insert_rows, update_rows
from kernel.storage.databases import database_of

AT_ONCE = 1_000
KEYED = {"title", "call_number", "volume"}


@dataclass
class Batch:
    """New and changed books, copies and words of sources. Nothing is written before `write`."""

    now: datetime
    added: list[Book] = field(default_factory=list)
    changed: dict[int, tuple[Book, set[str]]] = field(default_factory=dict)
    """By the book's id: the book and the names of its changed fields."""
    copies: list[tuple[Book, Copy]] = field(default_factory=list)
    """New ones with their books; those without a barcode get one of their book's own series."""
    changed_copies: list[tuple[Book, Copy]] = field(default_factory=list)
    sources: dict[str, tuple[Book, SourceRecord]] = field(default_factory=dict)
    """Words of sources with their books, by key."""

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
        alias = database_of("catalog")
        free_isbns(book for book, names in self.changed.values() if "isbn" in names)
        insert_rows(self.added, alias)
        self._write_changes(alias)
        self._write_sources(alias)
        self._name_copies()
        for book, copy in self.copies:
            copy.book_id = book.pk
        insert_rows([copy for _book, copy in self.copies], alias)
        self._write_copies(alias)
        publish_many(self._events())

    def _events(self) -> list[Any]:
        added = [BookRegistered(occurred_at=self.now, **facts(book), isbn=book.isbn) for book in self.added]
        changed = [book for book, _names in self.changed.values()]
        revised = [BookRevised(occurred_at=self.now, **facts(book), isbn=book.isbn) for book in changed]
        new_copies = [copy_added(copy, book, self.now) for book, copy in self.copies]
        return [
            *added,
            *revised,
            *new_copies,
            *(copy_revised(copy, book, self.now) for book, copy in self.changed_copies),
        ]

    def _write_changes(self, alias: str) -> None:
        """Writes the changed fields."""
        books = [book for book, _names in self.changed.values()]
        for book in books:
            book.revision += 1
        names = {name for _book, changed in self.changed.values() for name in changed}
        update_rows(books, [*names, "revision", "match_key", "shelf_key"], alias)

    def _write_sources(self, alias: str) -> None:
        for book, source in self.sources.values():
            source.book_id = book.pk
        sources = [source for _book, source in self.sources.values()]
        known = [source for source in sources if source.pk]
        insert_rows([source for source in sources if not source.pk], alias)
        update_rows(known, ["book", "said", "said_in", "twins"], alias)

    def _write_copies(self, alias: str) -> None:
        copies = [copy for _book, copy in self.changed_copies]
        for copy in copies:
            copy.revision += 1
        names = ["type", "for_loan", "shelving_mark", "volume", "copy_number", "room", "price", "items", "revision"]
        update_rows(copies, names, alias)

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


def free_isbns(books: Iterable[Book]) -> None:
    """Takes the ISBNs off these books, so that they can change places when they are written."""
    ids = [book.pk for book in books]
    for start in range(0, len(ids), AT_ONCE):
        Book.objects.filter(pk__in=ids[start : start + AT_ONCE]).update(isbn=None)


def _by_book(copies: Sequence[tuple[Book, Copy]]) -> list[tuple[Book, list[Copy]]]:
    nameless: dict[int, tuple[Book, list[Copy]]] = {}
    for book, copy in copies:
        if not copy.barcode:
            nameless.setdefault(id(book), (book, []))[1].append(copy)
    return list(nameless.values())

"""What the catalogue knows already that a batch of records may be about."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.db.models import F

from catalog.importing.fitting import Fitted
from catalog.importing.records import IncomingBook
from catalog.models import Book, Copy, SourceRecord
from catalog.rules import title_key
from kernel.importing.models import Doubt, Import
from kernel.storage.databases import database_of

LONGEST_KEY = 200


def file_system_of(run: Import) -> str:
    """The name of the source whose numbers a file has that does not say it itself: as the person said, else the very
    file's. So two files of one name, with numbers from 1 on, are two sources."""
    return str(run.options.get("source") or f"{PurePath(run.file_name).stem}@{run.digest[:12]}").replace(":", " ")


def source_key(record: IncomingBook, file_system: str) -> str:
    """What the record is known by: its number in its own system, else in this file by what it says."""
    if record.control_number:
        return shortened(f"{record.system or file_system}:{record.control_number}")
    parts = [record.fields.get(name) or "" for name in ("isbn", "volume", "publisher", "published_year")]
    words = repr([title_key(record.title), record.title, record.fields.get("authors") or [], *parts])
    return shortened(f"{file_system}:text:{sha256(words.encode()).hexdigest()[:32]}")


def shortened(key: str) -> str:
    """A key as long as the column takes, different for different keys."""
    return key if len(key) <= LONGEST_KEY else f"{key[:130]}:{sha256(key.encode()).hexdigest()}"


def system_of(key: str) -> str:
    """The system that a source's key names."""
    return key.partition(":")[0]


class Known:
    """Books, copies and sources' words by all that a record may share with them; new ones are noted as they come.

    Of records that say what their sources said before, nothing more than that is looked up, unless the file is right
    anyway (`overwrite`).
    """

    def __init__(self, records: Sequence[Fitted], *, overwrite: bool) -> None:
        self.records, self.overwrite = records, overwrite
        self.books: dict[int, Book] = {}
        self.of_new: dict[int, Book] = {}
        """The books of words and copies that this batch adds, by the identity of their instances."""
        self.withdrawn: set[int] = set()
        """The books of sources that are withdrawn."""
        self.systems: dict[int, set[str]] = {}
        """The systems that speak of a book, by the identity of its instance."""
        keys = [each.key for each in records]
        self.sources = self._sources(keys)
        self.copies = self._copies([copy.barcode for each in records for copy in each.record.copies if copy.barcode])
        self.by_isbn: dict[str, Book] = {}
        self.by_title: dict[str, list[Book]] = {}
        self._look_up([each for each in records if not self.is_repeated(each)])
        self.in_doubt = set(self._open_doubts(keys))

    def is_repeated(self, each: Fitted) -> bool:
        """Whether its source said the same before, and its copies are where they were: there is nothing to do."""
        source = self.sources.get(each.key)
        if source is None or source.book_id is None or self.overwrite or source.said != each.said:
            return False
        if each.record.deleted or source.book_id in self.withdrawn:
            return False
        there = (self.copies.get(copy.barcode.upper()) for copy in each.record.copies if copy.barcode)
        return all(copy and copy.book_id == source.book_id for copy in there)

    def book(self, book_id: int) -> Book:
        """The book of that id. Raises `Book.DoesNotExist`."""
        return self.books.get(book_id) or self._one(Book.objects.get(pk=book_id, withdrawn_at=None))

    def book_of(self, row: SourceRecord | Copy) -> Book | None:
        """The book of a source's word, if any, or of a copy."""
        if row.book_id is None:
            return self.of_new.get(id(row))
        return self.books.get(row.book_id) or self._one(Book.objects.get(pk=row.book_id))

    def note_book(self, book: Book, system: str) -> None:
        """A book that this batch adds, or that has a new ISBN."""
        self.systems.setdefault(id(book), set()).add(system)
        if book.isbn:
            self.by_isbn[book.isbn] = book
        alike = self.by_title.setdefault(book.match_key, [])
        if not any(one is book for one in alike):
            alike.append(book)

    def note_source(self, source: SourceRecord, book: Book) -> None:
        """A word of a source that is about that book now."""
        source.book_id = book.pk
        self.sources[source.key], self.of_new[id(source)] = source, book

    def holder_of(self, isbn: str | None) -> Book | None:
        """The book that has the ISBN now."""
        holder = self.by_isbn.get(isbn or "")
        return holder if holder and holder.isbn == isbn else None

    def is_known_to(self, book: Book, system: str) -> bool:
        """Whether that system speaks of the book already."""
        return system in self.systems.get(id(book), ())

    @cached_property
    def with_copies(self) -> set[int]:
        """The ids of the books that have a copy."""
        present = Copy.objects.filter(book__in=list(self.books), withdrawn_at=None)
        return set(present.values_list("book", flat=True)) if self.books else set()

    def _look_up(self, records: Sequence[Fitted]) -> None:
        """The books that these records may be about."""
        sources = (self.sources.get(each.key) for each in records)
        copies = (self.copies.get(copy.barcode.upper()) for each in records for copy in each.record.copies)
        if ids := {row.book_id for row in (*sources, *copies) if row and row.book_id}:
            list(map(self._one, Book.objects.filter(pk__in=ids)))
        if isbns := {isbn for each in records if (isbn := each.record.fields.get("isbn"))}:
            self.by_isbn = {str(book.isbn): book for book in self._books(isbn__in=isbns)}
        unknown = {title_key(each.record.title) for each in records if each.key not in self.sources} - {""}
        for book in self._books(match_key__in=unknown) if unknown else ():
            self.by_title.setdefault(book.match_key, []).append(book)
        self._note_systems()

    def _books(self, **which: Any) -> list[Book]:
        return [self._one(book) for book in Book.objects.filter(withdrawn_at=None, **which).order_by("pk")]

    def _one(self, book: Book) -> Book:
        """One instance for each book."""
        return self.books.setdefault(book.pk, book)

    def _sources(self, keys: Sequence[str]) -> dict[str, SourceRecord]:
        found = SourceRecord.objects.filter(key__in=keys).annotate(withdrawn_at=F("book__withdrawn_at"))
        self.withdrawn = {source.book_id for source in found if source.book_id and source.withdrawn_at}
        return {source.key: source for source in found}

    def _copies(self, barcodes: Sequence[str]) -> dict[str, Copy]:
        if not barcodes:
            return {}
        found = Copy.objects.filter(barcode__anycase_in=barcodes)
        found = found if self.overwrite else found.only("book", "barcode", "withdrawn_at")
        # Of a withdrawn and a present one the present one counts. Each has an index of its own.
        both = (*found.filter(withdrawn_at__isnull=False).order_by("withdrawn_at"), *found.filter(withdrawn_at=None))
        return {copy.barcode.upper(): copy for copy in both}

    def _open_doubts(self, keys: Sequence[str]) -> Iterable[str]:
        doubts = Doubt.objects.using(database_of("catalog")).filter(decision=Doubt.Decision.OPEN, key__in=keys)
        return doubts.values_list("key", flat=True)

    def _note_systems(self) -> None:
        found = SourceRecord.objects.filter(book__in=list(self.books)).values_list("book", "key")
        for book_id, key in found if self.books else ():
            self.systems.setdefault(id(self.books[book_id]), set()).add(system_of(key))

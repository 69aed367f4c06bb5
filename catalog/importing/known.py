"""What the catalogue knows already that a batch of records may be about."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.db.models import Value

from catalog.importing.records import IncomingBook
from catalog.models import Book, Copy, SourceRecord
from catalog.rules import title_key
from kernel.importing.models import Doubt, Import
from kernel.storage.databases import database_of
from kernel.storage.lookups import folded

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
    """Books, copies and sources' words by all that a record may share with them; new ones are noted as they come."""

    def __init__(self, records: Sequence[tuple[str, IncomingBook]]) -> None:
        self.records = records
        self.books: dict[int, Book] = {}
        self.systems: dict[int, set[str]] = {}
        """The systems that speak of a book, by the identity of its instance."""
        self.sources = self._sources([key for key, _record in records])
        isbns = {isbn for _key, record in records if (isbn := record.fields.get("isbn"))}
        self.by_isbn = {str(book.isbn): book for book in self._books(isbn__in=isbns)} if isbns else {}
        barcodes = {copy.barcode for _key, record in records for copy in record.copies if copy.barcode}
        self.copies = self._copies(barcodes) if barcodes else {}
        unknown = {title_key(record.title) for key, record in records if key not in self.sources}
        self.by_title: dict[str, list[Book]] = {}
        for book in self._books(match_key__in=unknown - {""}) if unknown else ():
            self.by_title.setdefault(book.match_key, []).append(book)
        self.in_doubt = set(self._open_doubts([key for key, _record in records]))
        self._note_systems()

    def book(self, book_id: int) -> Book:
        """The book of that id. Raises `Book.DoesNotExist`."""
        return self.books.get(book_id) or self._one(Book.objects.get(pk=book_id, withdrawn_at=None))

    def note_book(self, book: Book, system: str) -> None:
        """A book that this batch adds, or that has a new ISBN."""
        self.systems.setdefault(id(book), set()).add(system)
        if book.isbn:
            self.by_isbn[book.isbn] = book
        alike = self.by_title.setdefault(book.match_key, [])
        if not any(one is book for one in alike):
            alike.append(book)

    def is_known_to(self, book: Book, system: str) -> bool:
        """Whether that system speaks of the book already."""
        return system in self.systems.get(id(book), ())

    def _books(self, **which: Any) -> list[Book]:
        return [self._one(book) for book in Book.objects.filter(withdrawn_at=None, **which).order_by("pk")]

    def _one(self, book: Book) -> Book:
        """One instance for each book."""
        return self.books.setdefault(book.pk, book)

    def _sources(self, keys: Sequence[str]) -> dict[str, SourceRecord]:
        found = SourceRecord.objects.filter(key__in=keys).select_related("book")
        sources = {source.key: source for source in found}
        for source in sources.values():
            if source.book:
                source.book = self._one(source.book)
        return sources

    def _copies(self, barcodes: Iterable[str]) -> dict[str, Copy]:
        wanted = [folded(Value(barcode)) for barcode in barcodes]
        found = Copy.objects.annotate(folded=folded("barcode")).filter(folded__in=wanted).select_related("book")
        copies: dict[str, Copy] = {}
        for copy in found.order_by("pk"):  # of a withdrawn and a present one the present one counts
            copy.book = self._one(copy.book)
            present = copies.get(copy.barcode.upper())
            if present is None or present.withdrawn_at:
                copies[copy.barcode.upper()] = copy
        return copies

    def _open_doubts(self, keys: Sequence[str]) -> Iterable[str]:
        doubts = Doubt.objects.using(database_of("catalog")).filter(decision=Doubt.Decision.OPEN, key__in=keys)
        return doubts.values_list("key", flat=True)

    def _note_systems(self) -> None:
        found = SourceRecord.objects.filter(book__in=list(self.books)).values_list("book", "key")
        for book_id, key in found if self.books else ():
            self.systems.setdefault(id(self.books[book_id]), set()).add(system_of(key))

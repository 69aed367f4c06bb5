"""Takes records into the catalogue, or into the books that they are new versions of."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError

from catalog.importing.records import CannotImportError, Incoming, fitted
from catalog.importing.report import Reason, Report
from catalog.models import Book
from catalog.search.text.folding import heading
from catalog.services import register_book, revise_book
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in, connection_of

BATCH = 200


class Importer:
    """Goes through a file's records in batches, a transaction each. Stopped half-way and run again, it adds the rest.

    A record is the new version of the book that has its source (control number), else of the one that has its ISBN.
    Where two records of one source have the same ISBN, the first keeps it: the second is a duplicate when it has
    the same title, and comes in without the ISBN when it has another (a volume that bears the number of its set).
    What a record leaves out stays as it is in the book.
    """

    def __init__(self, report: Report, *, now: datetime, copies: int = 0) -> None:
        self.report, self.now, self.copies = report, now, copies
        self.titles: dict[str, int] = {}
        """What of this file was taken, by source and by ISBN, with the title's hash."""
        self.by_source: dict[str, Book] = {}
        self.by_isbn: dict[str, Book] = {}

    def take(self, records: Iterable[Incoming], progress: Callable[[int], None]) -> None:
        """Takes them all, telling the report of each; a rehearsal (`report.dry_run`) undoes every batch."""
        for batch in _batches(records):
            with atomic_in("catalog"):
                self._recall(batch)
                for record in batch:
                    self._take(record)
                if self.report.dry_run:
                    connection_of("catalog").set_rollback(True)
            progress(len(batch))

    def _recall(self, batch: list[Incoming]) -> None:
        """Fetches the books that the batch may be about."""
        books = Book.objects.filter(withdrawn_at=None)
        sources = {key for record in batch for key in (record.source, record.likeness) if key}
        isbns = {isbn for record in batch if (isbn := record.fields.get("isbn"))}
        self.by_source = {str(book.source): book for book in books.filter(source__in=sources)}
        self.by_isbn = {str(book.isbn): book for book in books.filter(isbn__in=isbns)}

    def _take(self, record: Incoming) -> None:
        self.report.read += 1
        fitted(record)
        if record.rejected or not record.title:
            return self._skip(record, *(record.rejected or (Reason.NO_TITLE, "")))
        if self._comes_again(record):
            return self._skip(record, Reason.DUPLICATE, record.fields["isbn"] or record.control_number)
        try:
            with atomic_in("catalog"):
                self._enter(record)
        except (Refused, DataError, IntegrityError) as error:
            return self._skip(record, Reason.REFUSED, str(error))
        for reason, detail in record.notes:
            self.report.note(record.number, record.title, reason, detail)
        return None

    def _comes_again(self, record: Incoming) -> bool:
        """Whether this source gave the book already. Takes away an ISBN that belongs to another of its books."""
        own, title = self.by_source.get(record.source or ""), _title_hash(record.title)
        rival = self._title_with_isbn_of(record, own)
        if rival is not None and rival == title and own is None:
            return True
        if rival is not None:
            record.notes.append((Reason.ISBN_TAKEN, record.fields["isbn"]))
            record.fields["isbn"] = None
        if record.source in self.titles:
            return True
        self.titles |= {key: title for key in (record.source, record.fields["isbn"]) if key}
        return False

    def _title_with_isbn_of(self, record: Incoming, own: Book | None) -> int | None:
        """The title's hash of the other book that has the record's ISBN and can't be what the record is about."""
        isbn = record.fields["isbn"]
        holder = self.by_isbn.get(isbn)
        if holder and (own is None or own.pk != holder.pk) and (own or _is_of(record.system, holder)):
            return _title_hash(holder.title)
        return self.titles.get(isbn)

    def _enter(self, record: Incoming) -> None:
        book = self.by_source.get(record.source or "") or self.by_isbn.get(record.fields["isbn"])
        if book is None:
            fields = record.fields | {"source": record.source}
            book = register_book(now=self.now, copies=self.copies, **fields)
            self.report.added += 1
        elif changes := _changes(book, record):
            book = revise_book(book.pk, now=self.now, **changes)
            self.report.updated += 1
        else:
            self.report.unchanged += 1
        self.by_source |= {book.source: book} if book.source else {}
        self.by_isbn |= {book.isbn: book} if book.isbn else {}

    def _skip(self, record: Incoming, reason: Reason, detail: str) -> None:
        self.report.skip(record.number, record.title, reason, detail)


def _changes(book: Book, record: Incoming) -> dict[str, Any]:
    """What the record says otherwise than the book."""
    said = {name: value for name, value in record.fields.items() if value not in (None, "", [])}
    if record.source and not book.source:
        said["source"] = record.source
    return {name: value for name, value in said.items() if getattr(book, name) != value}


def _is_of(system: str, book: Book) -> bool:
    return bool(book.source) and str(book.source).startswith(f"{system}:")


def _title_hash(title: str) -> int:
    return hash(heading(title))


def _batches(records: Iterable[Incoming]) -> Iterator[list[Incoming]]:
    """The records by `BATCH`; where the file breaks off, what came before it comes first."""
    batch: list[Incoming] = []
    try:
        for record in records:
            batch.append(record)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except CannotImportError:
        yield batch
        raise
    yield batch

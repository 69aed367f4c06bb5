"""Takes a batch of records in: into new books, or into the books that they are about."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from catalog.importing.batch import Batch
from catalog.importing.copies import CopyTaker
from catalog.importing.fitting import Fitted, digest_of, fitted, is_usable, said_of, says
from catalog.importing.identity import Verdict, compared, is_likely
from catalog.importing.known import Known, file_system_of, source_key, system_of
from catalog.importing.merging import Merge, merged
from catalog.importing.outcomes import Outcomes
from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook
from catalog.models import Book, SourceRecord
from catalog.rules import title_key
from kernel.importing.kinds import Taken
from kernel.importing.models import Import


def take(run: Import, records: Sequence[IncomingBook], now: datetime) -> Taken:
    """Takes the records in, within the caller's transaction, and says what became of each. Raises `IntegrityError` or
    `DataError` where the database refuses one, since somebody registered the same thing at that moment."""
    return Taking(run, records, now).taken()


class Taking:
    """One batch on its way in: looks up what is known, decides for each record, writes everything at the end."""

    def __init__(
        self, run: Import, records: Sequence[IncomingBook], now: datetime, decided: tuple[int, Verdict] | None = None
    ) -> None:
        self.run, self.records, self.decided = run, records, decided
        self.file_system = file_system_of(run)
        self.usable = [
            Fitted(source_key(record, self.file_system), fitted(record), said_of(record))
            for record in records
            if is_usable(record)
        ]
        self.known = Known(self.usable, overwrite=bool(run.options.get("overwrite")))
        self.batch = Batch(now)
        self.copies = CopyTaker(self.known, self.batch, run)
        self.result = Outcomes()
        self.moving = self._moving() if decided is None else set[int]()

    def taken(self) -> Taken:
        """What became of the batch."""
        usable = {id(each.record): each for each in self.usable}
        for record in self.records:
            if each := usable.get(id(record)):
                self._take(each)
            else:
                self.result.skip(record, *(record.rejected or (Reason.NO_TITLE, "")))
        self.batch.write()
        return self.result

    def _take(self, each: Fitted) -> None:
        key, record, said = each
        if self.known.is_repeated(each) and not self.decided:
            return self.result.leave(record)
        source = self.known.sources.get(key)
        home = self.known.book_of(source) if source else None
        if record.deleted:
            return self.result.skip(record, Reason.TO_WITHDRAW if home and not home.withdrawn_at else Reason.DELETED)
        if source and home is None and source.said == said:
            return self.result.skip(record, Reason.SET_ASIDE)
        if home and home.withdrawn_at:
            return self.result.skip(record, Reason.WITHDRAWN)
        book, verdict = self._found(each, source, home)
        if verdict is Verdict.UNSURE and (self.run.options.get("take_doubts") or (book and not book.pk)):
            verdict = Verdict.ANOTHER  # a book of this very batch has no page yet on which somebody could compare
        if book is None or verdict is Verdict.ANOTHER:
            self._add(each)
        elif verdict is Verdict.UNSURE and source and digest_of(said) in source.twins:
            self.result.skip(record, Reason.SET_ASIDE)
        elif verdict is Verdict.UNSURE:
            self._doubt(key, record, book)
        else:
            self._merge(each, book, source)
        return None

    def _found(self, each: Fitted, source: SourceRecord | None, home: Book | None) -> tuple[Book | None, Verdict]:
        """The book that the record may be about, and whether it is: as somebody decided, else by what they share."""
        key, record, _said = each
        if self.decided:
            book_id, verdict = self.decided
            return self.known.book(book_id), verdict
        if source and home:
            repeated = source.said.get("title") == record.title
            return home, Verdict.SAME if repeated else compared(record.fields, vars(home))
        if holder := self.known.holder_of(record.fields.get("isbn")):
            one_source = self.known.is_known_to(holder, system_of(key))
            return holder, compared(record.fields, vars(holder), one_source=one_source)
        if bearer := self.copies.bearer(record):
            return bearer, compared(record.fields, vars(bearer))
        likely = next(self._likely(key, record), None)
        return (likely, Verdict.SAME) if likely else (None, Verdict.ANOTHER)

    def _likely(self, key: str, record: IncomingBook) -> Iterator[Book]:
        """Books of that title that seem to be the record's. Two numbers of one source are two books."""
        for book in self.known.by_title.get(title_key(record.title), ()):
            numbered = record.control_number and self.known.is_known_to(book, system_of(key))
            if not numbered and is_likely(record.fields, vars(book)):
                yield book

    def _add(self, each: Fitted) -> None:
        key, record, _said = each
        book = Book(registered_at=self.batch.now, added_by=self.run.pk, **record.fields)
        if self.known.holder_of(book.isbn):
            taken, book.isbn, book.other_isbns = book.isbn, None, [*book.other_isbns, book.isbn]
            self.result.want(record, str(taken), key, book, None)
        self.batch.add(book)
        self.known.note_book(book, system_of(key))
        self._remember(each, book, None)
        self.copies.take(book, record, None, is_new=True)
        self.result.add(record)

    def _merge(self, each: Fitted, book: Book, source: SourceRecord | None) -> None:
        key, record, said = each
        before = source.said if source else None
        merge = self._merged(each, book, source)
        if taken := self._isbn_taken(book, merge.changes):
            self.result.want(record, taken, key, book, before)
        was = {name: getattr(book, name) for name in merge.changes}
        self.batch.change(book, merge.changes)
        self.moving.discard(book.pk)
        self.known.note_book(book, system_of(key))
        copies = self.copies.take(book, record, before, is_new=False)
        self._remember(each, book, source)
        for name in merge.kept:
            record.note(Reason.KEPT, f"{name}: {said[name]}")
        if was or copies:
            undo = {"book": book.pk, "was": was, "became": merge.changes, "key": key, "said": before}
            self.result.update(record, [*was, *(["copies"] * bool(copies))], undo)
        else:
            self.result.leave(record)

    def _merged(self, each: Fitted, book: Book, source: SourceRecord | None) -> Merge:
        new, said = says(each.record), source.said if source else None
        if source and self._is_twin(source, each.said):
            new = {name: value for name, value in new.items() if source.said.get(name, value) == value}
        return merged(vars(book), new, said, overwrite=self.known.overwrite)

    def _isbn_taken(self, book: Book, changes: dict[str, Any]) -> str:
        """Takes a new ISBN that another book has, and does not leave, out of the changes, and returns it."""
        holder = self.known.holder_of(changes.get("isbn"))
        return str(changes.pop("isbn")) if holder and holder is not book and holder.pk not in self.moving else ""

    def _moving(self) -> set[int]:
        """The books that get another ISBN in this batch, one that nobody has, or that its book leaves in its turn."""
        wanted: dict[str, int] = {}
        for each in self.usable:
            source = self.known.sources.get(each.key)
            home = self.known.books.get(source.book_id) if source and source.book_id else None
            if home and not home.withdrawn_at and (isbn := self._wanted(each, home, source)):
                wanted.setdefault(isbn, home.pk)
        while stay := [isbn for isbn in wanted if (it := self.known.holder_of(isbn)) and it.pk not in wanted.values()]:
            wanted = {isbn: book for isbn, book in wanted.items() if isbn not in stay}
        return set(wanted.values())

    def _wanted(self, each: Fitted, home: Book, source: SourceRecord | None) -> str | None:
        """The other ISBN that the record has for the book."""
        if each.said.get("isbn") in (None, home.isbn) or self._found(each, source, home)[1] is not Verdict.SAME:
            return None
        return self._merged(each, home, source).changes.get("isbn")

    def _doubt(self, key: str, record: IncomingBook, book: Book) -> None:
        self.result.doubt(record, key, book, is_new=key not in self.known.in_doubt)
        self.known.in_doubt.add(key)

    def _remember(self, each: Fitted, book: Book, source: SourceRecord | None) -> None:
        """What the source says last of the book: `source` is what it said of that book before, if it did."""
        key, _record, said = each
        if source is None:
            source = self.known.sources.get(key) or SourceRecord(key=key, first_import=self.run.pk)
            source.said, source.said_in, source.twins = said, self.run.pk, []
        elif source.said == said and self.known.book_of(source) is book:
            return
        elif self._is_twin(source, said):
            source.twins = list(dict.fromkeys([*source.twins, digest_of(said)]))
        else:
            source.said, source.said_in, source.twins = {**source.said, **said}, self.run.pk, []
        self.known.note_source(source, book)
        self.batch.sources[key] = book, source

    def _is_twin(self, source: SourceRecord, said: dict[str, Any]) -> bool:
        """Whether the file has another record of that number, which came first and says otherwise: that one counts."""
        return source.said != said and (source.said_in == self.run.pk or digest_of(said) in source.twins)

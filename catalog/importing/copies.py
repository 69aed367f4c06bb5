"""The copies that records bring: which are new, which are here, and which type they get."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from catalog.importing.batch import Batch
from catalog.importing.known import Known
from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook, IncomingCopy
from catalog.models import Book, Copy, CopyType, TypeRule
from kernel.importing.models import Import

COLUMNS = ("for_loan", "shelving_mark", "volume", "copy_number", "room", "price", "items")


class CopyTaker:
    """Gives books the copies of a batch's records."""

    def __init__(self, known: Known, batch: Batch, run: Import) -> None:
        self.known, self.batch, self.run = known, batch, run
        self.given: set[int] = set()
        """Identities of books that got a copy in this batch."""
        copies = [copy for each in known.records for copy in each.record.copies]
        rules = TypeRule.objects.values_list("by", "value", "type") if copies else ()
        self.types = {(by, value.casefold()): type_code for by, value, type_code in rules}
        if any(copy.type_code for copy in copies):
            codes = CopyType.objects.values_list("code", flat=True)
            self.types = {(TypeRule.By.SOURCE_TYPE, code): code for code in codes} | self.types

    def bearer(self, record: IncomingBook) -> Book | None:
        """The book that has a copy with one of the record's barcodes."""
        found = (self.known.copies.get(copy.barcode.upper()) for copy in record.copies if copy.barcode)
        return next((self.known.book_of(copy) for copy in found if copy and not copy.withdrawn_at), None)

    def take(self, book: Book, record: IncomingBook, said: Mapping[str, Any] | None, *, is_new: bool) -> int:
        """Gives the book the record's copies that it does not have; returns how many are new or changed.

        A copy that was withdrawn from this book stays withdrawn. Copies without barcodes are a number: as many are
        added as the source tells of more than before, or to a book without any.
        """
        known = [self._known(book, copy, record) for copy in record.copies if copy.barcode]
        nameless = [copy for copy in record.copies if not copy.barcode]
        wanted = len(nameless) if is_new else self._more(book, len(nameless), said)
        for copy in (nameless * (wanted // len(nameless) + 1))[:wanted] if nameless else ():
            self._add(book, copy)
        if is_new and not record.copies:
            for _number in range(int(self.run.options.get("copies") or 0)):
                self._add(book, IncomingCopy())
        return sum(known) + wanted

    def _known(self, book: Book, copy: IncomingCopy, record: IncomingBook) -> bool:
        """Adds the copy, or changes it where the source is to be followed; whether there was anything to do."""
        there = self.known.copies.get(copy.barcode.upper())
        if there is None or (there.withdrawn_at and self.known.book_of(there) is not book):
            self._add(book, copy)
            return True
        if self.known.book_of(there) is not book:
            record.note(Reason.BARCODE_TAKEN, copy.barcode)
            return False
        if there.withdrawn_at or not self.run.options.get("overwrite"):
            return False
        values = {name: value for name, value in self._values(copy).items() if _is_said(value)}
        if all(getattr(there, name) == value for name, value in values.items()):
            return False
        for name, value in values.items():
            setattr(there, name, value)
        if there.pk:
            self.batch.changed_copies.append((book, there))
        return True

    def _more(self, book: Book, nameless: int, said: Mapping[str, Any] | None) -> int:
        if said is not None:
            return max(0, nameless - int(said.get("copies") or 0))
        return 0 if id(book) in self.given or book.pk in self.known.with_copies else nameless

    def _add(self, book: Book, copy: IncomingCopy) -> None:
        moment = noon_of(copy.registered_on) if copy.registered_on else self.batch.now
        added = Copy(barcode=copy.barcode, added_at=moment, added_by=self.run.pk, **self._values(copy))
        self.batch.copies.append((book, added))
        self.known.of_new[id(added)] = book
        self.given.add(id(book))
        if copy.barcode:
            self.known.copies[copy.barcode.upper()] = added

    def _values(self, copy: IncomingCopy) -> dict[str, Any]:
        return {name: getattr(copy, name) for name in COLUMNS} | {"type_id": self._type_of(copy)}

    def _type_of(self, copy: IncomingCopy) -> str | None:
        """The type that the librarian's table has for the copy: by mark, letters, room, or the type in the file, which
        may be the code of one of the library's own."""
        if not self.types:
            return None
        By = TypeRule.By  # noqa: N806  a class
        signs: Sequence[tuple[str, str]] = (
            (By.SHELVING_MARK, copy.shelving_mark),
            (By.PREFIX, _prefix(copy.barcode)),
            (By.ROOM, copy.room),
            (By.SOURCE_TYPE, copy.type_code),
        )
        return next((code for by, sign in signs if (code := self.types.get((by, sign.casefold())))), None)


def noon_of(day: date) -> datetime:
    """A moment of that day: not every day has a midnight."""
    return timezone.make_aware(datetime.combine(day, time(12)))


def _prefix(barcode: str) -> str:
    return barcode.rstrip("0123456789-")


def _is_said(value: Any) -> bool:
    """Whether a file says it: one without such a column empties none."""
    return value not in ("", None, [])

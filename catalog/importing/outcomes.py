"""What became of the records of a batch, as the import's report tells it."""

from collections.abc import Sequence
from typing import Any

from catalog.importing.fitting import written
from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook
from catalog.models import Book
from kernel.importing.kinds import Taken
from kernel.importing.models import Doubt, Entry


class Outcomes(Taken):
    """Counts records by outcome, with the entries and doubts that tell of them."""

    def add(self, record: IncomingBook) -> None:
        """The record is a new book."""
        self.added += 1
        self.note(record)

    def update(self, record: IncomingBook, names: Sequence[str], before: dict[str, Any]) -> None:
        """The record changed these fields; `before` is what undoing needs."""
        self.updated += 1
        self.note(record)
        self.add_entry(record, Entry.Outcome.UPDATED, detail=", ".join(names), before=before)

    def leave(self, record: IncomingBook) -> None:
        """The record says what is known."""
        self.unchanged += 1
        self.note(record)

    def doubt(self, record: IncomingBook, key: str, book: Book, *, is_new: bool) -> None:
        """The record waits for a decision; a doubt that is open already is not opened twice."""
        self.note(record)
        if is_new:
            about = {"number": record.number, "row": record.row, "label": record.label, "reason": Reason.IN_DOUBT}
            self.doubts.append(Doubt(key=key, record=written(record), subject=book.pk, **about))
        self.add_entry(record, Entry.Outcome.DOUBT, Reason.IN_DOUBT, book.title)

    def want(self, record: IncomingBook, isbn: str, key: str, book: Book, said: dict[str, Any] | None) -> None:
        """Another book has the ISBN, perhaps until a later record of the file: `settling.settle` looks again."""
        claim = {"key": key, "said": said, "isbn": book.isbn}
        self.add_entry(record, Entry.Outcome.NOTED, Reason.ISBN_TAKEN, isbn, before=claim)

    def settle(self, entry: Entry, before: dict[str, Any], *, is_new: bool) -> None:
        """The book of the record has the ISBN after all. `is_new`: the record was counted as unchanged."""
        if is_new:
            self.updated, self.unchanged = self.updated + 1, self.unchanged - 1
        about = {"number": entry.number, "row": entry.row, "label": entry.label, "outcome": Entry.Outcome.UPDATED}
        self.entries.append(Entry(**about, detail="isbn", before=before))

    def note(self, record: IncomingBook) -> None:
        """What is to be noted of the record."""
        for reason, detail in record.notes:
            self.add_entry(record, Entry.Outcome.NOTED, reason, detail)

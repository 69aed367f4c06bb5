"""What became of the records of a batch, as the import's report tells it."""

from collections.abc import Sequence
from typing import Any

from catalog.importing.fitting import written
from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook
from kernel.importing.kinds import Taken
from kernel.importing.models import Doubt, Entry, Import

LONGEST_LABEL = 300


class Outcomes(Taken):
    """Counts records by outcome, with the entries and doubts that tell of them."""

    def __init__(self, run: Import) -> None:
        super().__init__()
        self.run = run

    def skip(self, record: IncomingBook, reason: str, detail: str = "") -> None:
        """The record stays out."""
        self.skipped += 1
        self.entries.append(self._entry(record, Entry.Outcome.SKIPPED, reason=reason, detail=detail))

    def add(self, record: IncomingBook) -> None:
        """The record is a new book."""
        self.added += 1
        self.tell(record)

    def update(self, record: IncomingBook, names: Sequence[str], before: dict[str, Any]) -> None:
        """The record changed these fields; `before` is what undoing needs."""
        self.updated += 1
        self.tell(record)
        self.entries.append(self._entry(record, Entry.Outcome.UPDATED, detail=", ".join(names), before=before))

    def leave(self, record: IncomingBook) -> None:
        """The record says what is known."""
        self.unchanged += 1
        self.tell(record)

    def doubt(self, record: IncomingBook, key: str, book_id: int, *, is_new: bool) -> None:
        """The record waits for a decision; a doubt that is open already is not opened twice."""
        self.tell(record)
        if is_new:
            told = {"number": record.number, "label": record.label[:LONGEST_LABEL], "reason": Reason.IN_DOUBT}
            self.doubts.append(Doubt(run=self.run, key=key, record=written(record), subject=book_id, **told))
        self.entries.append(self._entry(record, Entry.Outcome.DOUBT, reason=Reason.IN_DOUBT, detail=str(book_id)))

    def tell(self, record: IncomingBook) -> None:
        """What is to be noted of the record."""
        self.entries += [
            self._entry(record, Entry.Outcome.NOTED, reason=why, detail=what) for why, what in record.notes
        ]

    def _entry(self, record: IncomingBook, outcome: str, **more: Any) -> Entry:
        return Entry(run=self.run, number=record.number, label=record.label[:LONGEST_LABEL], outcome=outcome, **more)


def together(parts: Sequence[Taken]) -> Taken:
    """The outcomes of several batches as those of one."""
    whole = Taken()
    for part in parts:
        whole.added += part.added
        whole.updated += part.updated
        whole.unchanged += part.unchanged
        whole.skipped += part.skipped
        whole.entries += part.entries
        whole.doubts += part.doubts
    return whole

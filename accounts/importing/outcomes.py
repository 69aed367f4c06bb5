"""What became of the records of a batch, as the import's report tells it."""

from typing import Any

from accounts.importing.reasons import Reason
from accounts.importing.records import IncomingPatron
from accounts.models import User
from kernel.importing.kinds import Taken
from kernel.importing.models import Doubt, Entry


class Outcomes(Taken):
    """Counts records by outcome, with the entries and doubts that tell of them."""

    def add(self, record: IncomingPatron) -> None:
        """The record is a new patron."""
        self.added += 1
        self._note(record)

    def change(self, record: IncomingPatron, before: dict[str, Any] | None) -> None:
        """The record changed fields, as `before` says for undoing, or says what is known."""
        self._note(record)
        if before is None:
            self.unchanged += 1
            return
        self.updated += 1
        self.add_entry(record, Entry.Outcome.UPDATED, detail=", ".join(before["was"]), before=before)

    def doubt(self, record: IncomingPatron, key: str, said: dict[str, Any], person: User, *, is_new: bool) -> None:
        """The record waits for a decision; a doubt that is open already is not opened twice."""
        if is_new:
            about = {"number": record.number, "row": record.row, "label": record.label, "reason": Reason.IN_DOUBT}
            self.doubts.append(Doubt(key=key, record=said, subject=person.pk, **about))
        self.add_entry(record, Entry.Outcome.DOUBT, Reason.IN_DOUBT, person.name)

    def _note(self, record: IncomingPatron) -> None:
        for reason, detail in record.notes:
            self.add_entry(record, Entry.Outcome.NOTED, reason, detail)

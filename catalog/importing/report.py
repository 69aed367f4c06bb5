"""What became of each record of an import."""

import csv
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

ENDINGS = (".json", ".csv")


class Reason(TextChoices):
    """Why a record was left out, or came in with something missing."""

    UNREADABLE = "unreadable", _("the record can't be read")
    NO_TITLE = "no_title", _("the record has no title")
    DUPLICATE = "duplicate", _("the same book came from this source already")
    REFUSED = "refused", _("the catalogue refused the record")
    ISBN_INVALID = "isbn_invalid", _("came in without ISBN: what the record has is none")
    ISBN_INCOMPLETE = "isbn_incomplete", _("came in without ISBN: digits of it are lost")
    ISBN_CONTRADICTORY = "isbn_contradictory", _("came in without ISBN: the record's ISBNs contradict each other")
    ISBN_TAKEN = "isbn_taken", _("came in without ISBN: another book of this source has it")
    LANGUAGE_UNKNOWN = "language_unknown", _("came in without language: its code is unknown")
    SHORTENED = "shortened", _("a part was too long and was shortened")


@dataclass(frozen=True)
class Entry:
    """One thing to tell of one record. `number` counts the file's records from 1."""

    number: int
    title: str
    outcome: str
    reason: str
    detail: str


@dataclass
class Report:
    """What became of a file's records: each one read is added, updated, unchanged or skipped."""

    file: str
    format: str
    dry_run: bool = False
    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    entries: list[Entry] = field(default_factory=list)

    def skip(self, number: int, title: str, reason: Reason, detail: str = "") -> None:
        """A record stays out."""
        self.entries.append(Entry(number, title, "skipped", reason.value, detail))

    def note(self, number: int, title: str, reason: Reason, detail: str = "") -> None:
        """A record came in, with something missing."""
        self.entries.append(Entry(number, title, "noted", reason.value, detail))

    def reasons(self, outcome: str) -> Counter[str]:
        """How many entries with that outcome there are for each reason."""
        return Counter(entry.reason for entry in self.entries if entry.outcome == outcome)

    @property
    def lost(self) -> int:
        """How many records the catalogue does not hold now: the skipped ones that are no duplicates."""
        reasons = self.reasons("skipped")
        return reasons.total() - reasons[Reason.DUPLICATE]

    def summary(self) -> dict[str, Any]:
        """All figures."""
        skipped, noted = self.reasons("skipped"), self.reasons("noted")
        figures = {name: value for name, value in asdict(self).items() if name != "entries"}
        return figures | {"skipped": skipped.total(), "skipped_why": dict(skipped), "noted_why": dict(noted)}

    def write(self, path: Path) -> None:
        """Writes JSON (figures and entries), or CSV (entries alone), by the path's ending."""
        rows = [asdict(entry) for entry in self.entries]
        if path.suffix == ".json":
            document = self.summary() | {"records": rows}
            path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
            return
        # Spreadsheets take a CSV for UTF-8 only when it says so.
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.DictWriter(file, list(Entry.__dataclass_fields__))
            table.writeheader()
            table.writerows(rows)

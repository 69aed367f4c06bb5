"""A record on its way in, whatever it was read from and whichever context takes it."""

import re
import unicodedata
from dataclasses import dataclass, field

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff]+")
# MARC-8 has a ligature in two halves, which Unicode keeps for its sake but sets as one (U+0361).
LIGATURE = re.compile("\ufe20(.[\u0300-\u036f]*)\ufe21")


class CannotImportError(Exception):
    """The file as a whole can't be read, or not to its end; the sentence says why and what cures it."""


@dataclass(kw_only=True)
class Incoming:
    """One record of a file. `number` counts the file's records from 1; `row` is the first row of a table that it is
    in, as a spreadsheet counts them, where that is known.

    `notes` are pairs of a code and a detail: what was guessed, dropped or odd. `rejected` says, in the same way, why
    the record can't be taken at all.
    """

    number: int
    row: int | None = None
    notes: list[tuple[str, str]] = field(default_factory=list)
    rejected: tuple[str, str] | None = None

    def note(self, code: str, detail: str = "") -> None:
        """Notes something for the report, once."""
        if (code, detail) not in self.notes:
            self.notes.append((code, detail))

    @property
    def label(self) -> str:
        """What the report calls the record: its title, a person's name."""
        return ""


def cleaned(text: str | None) -> str:
    """The text composed (Unicode NFC), without control characters and superfluous spaces."""
    if not text:
        return ""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    joined = LIGATURE.sub("\u0361\\1", text)
    return " ".join(CONTROL.sub(" ", unicodedata.normalize("NFC", joined)).split())


def cleaned_lines(text: str) -> str:
    """The text as `cleaned` has it, with its line ends: of descriptions and notes, whose paragraphs say something."""
    return "\n".join(map(cleaned, text.strip().splitlines()))

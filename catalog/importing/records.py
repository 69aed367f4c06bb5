"""A record on its way in, whatever it was read from."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from catalog.importing.report import Reason
from catalog.models import Book
from catalog.rules import normalised_language

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufeff]+")
# MARC-8 has a ligature in two halves, which Unicode keeps for its sake but sets as one (U+0361).
LIGATURE = re.compile("\ufe20(.[\u0300-\u036f]*)\ufe21")
LONGEST_NAME = 300
LONGEST = {name: int(getattr(Book, name).field.max_length) for name in ("title", "publisher", "call_number")}


class CannotImportError(Exception):
    """The file as a whole can't be read, or not to its end; the sentence says why."""


@dataclass
class Incoming:
    """A record: fields of `Book`, the number its own system knows it by, and what was amiss.

    `rejected` says why it can't be taken at all.
    """

    number: int
    fields: dict[str, Any] = field(default_factory=dict)
    system: str = ""
    control_number: str = ""
    notes: list[tuple[Reason, str]] = field(default_factory=list)
    rejected: tuple[Reason, str] | None = None

    @property
    def title(self) -> str:
        """The title, or nothing."""
        return str(self.fields.get("title", ""))

    @property
    def source(self) -> str | None:
        """What the record is recognised by when it has no ISBN: its number, else all that identifies it."""
        if self.control_number:
            return f"{self.system}:{self.control_number}"[:200]
        return None if self.fields.get("isbn") else self.likeness

    @property
    def likeness(self) -> str:
        """A fingerprint of title, authors, publisher and year."""
        parts = [self.fields.get(name) for name in ("title", "authors", "publisher", "published_year")]
        return "text:" + sha256(repr(parts).encode()).hexdigest()[:40]


def unreadable(number: int, error: object) -> Incoming:
    """A record that could not be read."""
    return Incoming(number, rejected=(Reason.UNREADABLE, str(error) or type(error).__name__))


def cleaned(text: str | None) -> str:
    """The text composed (Unicode NFC), without control characters and superfluous spaces."""
    joined = LIGATURE.sub("\u0361\\1", text or "")
    return " ".join(CONTROL.sub(" ", unicodedata.normalize("NFC", joined)).split())


def fitted(record: Incoming) -> Incoming:
    """The record with each text as long as its column takes."""
    for name, longest in LONGEST.items():
        if len(record.fields.get(name, "")) > longest:
            record.fields[name] = record.fields[name][:longest].rstrip()
            record.notes.append((Reason.SHORTENED, name))
    return record


def distinct(names: Iterable[str]) -> list[str]:
    """Each name once, in their order."""
    return list(dict.fromkeys(name[:LONGEST_NAME] for name in names if name))


def language_of(code: str, record: Incoming) -> str:
    """The language's tag, or nothing and a note."""
    if not code or code in {"und", "zxx"}:
        return ""
    try:
        return normalised_language(code)
    except ValueError:
        record.notes.append((Reason.LANGUAGE_UNKNOWN, code))
        return ""

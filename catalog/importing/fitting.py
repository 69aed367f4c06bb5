"""A record as the catalogue's columns take it, and what it says in their terms."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook, IncomingCopy
from catalog.models import Book, Copy
from kernel.labels.reading import barcode_of

LONGEST_NAME = 300
LARGEST = 2**31 - 1
BOOK_COLUMNS = {
    name: int(getattr(Book, name).field.max_length)
    for name in ("title", "volume", "publisher", "series", "call_number", "class_number", "language", "isbn_addon")
}
COPY_COLUMNS = {
    name: int(getattr(Copy, name).field.max_length) for name in ("volume", "copy_number", "shelving_mark", "room")
}


class Fitted(NamedTuple):
    """A record as the catalogue's columns take it, with what its source is known by and what is remembered of it."""

    key: str
    record: IncomingBook
    said: dict[str, Any]


def is_usable(record: IncomingBook) -> bool:
    """Whether there is anything to take in."""
    return not record.rejected and bool(record.title)


def fitted(record: IncomingBook) -> IncomingBook:
    """The record with each text as long as its column takes, its barcodes as they are written today, and
    without copies whose barcode can't be used."""
    fields = record.fields
    for name, longest in BOOK_COLUMNS.items():
        if len(fields.get(name) or "") > longest:
            fields[name] = fields[name][:longest].rstrip()
            record.note(Reason.SHORTENED, name)
    for name in ("authors", "subjects", "access_points", "other_titles"):
        if any(len(text) > LONGEST_NAME for text in fields.get(name) or ()):
            fields[name] = list(dict.fromkeys(text[:LONGEST_NAME] for text in fields[name]))
            record.note(Reason.SHORTENED, name)
    fields["loans_before"] = min(fields.get("loans_before") or 0, LARGEST)
    record.copies = [_fitted_copy(copy, record) for copy in record.copies if _has_usable_barcode(copy, record)]
    return record


def says(record: IncomingBook) -> dict[str, Any]:
    """The fields that the record says something about, with their values."""
    return {name: value for name, value in record.fields.items() if value not in (None, "", [], 0)}


def said_of(record: IncomingBook) -> dict[str, Any]:
    """What is remembered of the record: what it says, and how many copies without barcodes it tells of."""
    nameless = sum(not copy.barcode for copy in record.copies)
    return says(record) | ({"copies": nameless} if nameless else {})


def digest_of(word: Mapping[str, Any]) -> str:
    """A short digest of what a record says."""
    return sha256(json.dumps(word, sort_keys=True, default=str).encode()).hexdigest()[:16]


def written(record: IncomingBook) -> dict[str, Any]:
    """The record as JSON."""
    words = asdict(record)
    for copy in words["copies"]:
        copy["registered_on"] = copy["registered_on"] and copy["registered_on"].isoformat()
    return words


def read_again(words: Mapping[str, Any]) -> IncomingBook:
    """The record that `written` wrote."""
    copies = [IncomingCopy(**copy | {"registered_on": _day(copy["registered_on"])}) for copy in words["copies"]]
    notes = [(code, detail) for code, detail in words["notes"]]
    return IncomingBook(**{**words, "copies": copies, "notes": notes})


def _has_usable_barcode(copy: IncomingCopy, record: IncomingBook) -> bool:
    try:
        copy.barcode = barcode_of(copy.barcode) if copy.barcode else ""
    except ValueError as error:
        record.note(Reason.BARCODE_UNUSABLE, str(error))
        return False
    return True


def _fitted_copy(copy: IncomingCopy, record: IncomingBook) -> IncomingCopy:
    for name, longest in COPY_COLUMNS.items():
        if len(getattr(copy, name)) > longest:
            setattr(copy, name, getattr(copy, name)[:longest].rstrip())
            record.note(Reason.COPIES_SHORTENED, name)
    if copy.price is not None and not 0 <= copy.price <= LARGEST:
        record.note(Reason.PRICE_UNKNOWN, str(copy.price))
        copy.price = None
    return copy


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

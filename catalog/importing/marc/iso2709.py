"""MARC 21 and KORMARC in transmission format (ISO 2709), record by record.

https://www.loc.gov/marc/specifications/specrecstruc.html
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from catalog.importing.marc.cutting import END_OF_FIELD, Cut, begins, cut, cut_by_force
from catalog.importing.marc.encodings import MARC8, UTF8, Text, decoded, known
from catalog.importing.marc.fields.book import incoming
from catalog.importing.marc.nonsense import LOST
from catalog.importing.marc.pieces import Piece, pieces
from catalog.importing.marc.record import TAGS, Record, is_tag, leader_of, reader_of_parts
from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook

CODING = 9
"""Where the leader says whether the text is UTF-8 (`a`)."""
SUBFIELD = re.compile("\x1f.")
WITH_LOST_LETTER = re.compile(f"[^\\s<>{LOST}\x1e\x1f]{{0,20}}{LOST}+[^\\s<>{LOST}\x1e\x1f]{{0,20}}")


def marc_records(file: BinaryIO, *, encoding: str | None = None, start: int = 0) -> Iterator[IncomingBook]:
    """The records of a `.mrc` file behind the first `start`. One that can't be read is rejected, and the next one is
    read all the same.

    The encoding is decided from the bytes of each record, unless `encoding` names it: one of Python's, or `marc-8`.
    Raises `CannotImportError` when there is none of that name.
    """
    named, number = known(encoding), 0
    for piece in pieces(file):
        for part, fields in _parts(piece):
            number += 1
            if number > start:
                yield _read(number, part, fields, named)


def _parts(piece: Piece) -> Iterator[tuple[Piece, Cut | None]]:
    """The record of the piece, or several where the end of one was lost."""
    fields = cut(piece.raw)
    if not (fields and fields.lengths_right) and (starts := begins(piece.raw)):
        for start, end in zip([0, *starts], [*starts, len(piece.raw)], strict=True):
            raw = piece.raw[start:end].strip()
            part = piece._replace(raw=raw, ended=piece.ended and end == len(piece.raw))
            yield part, cut(raw) or (cut_by_force(raw) if part.ended else None)
    else:
        yield piece, fields or (cut_by_force(piece.raw) if piece.ended else None)


def _read(number: int, piece: Piece, fields: Cut | None, named: str | None) -> IncomingBook:
    if not piece.ended and (fields is None or not piece.raw.rstrip().endswith(END_OF_FIELD)):
        return IncomingBook(number=number, rejected=(Reason.UNREADABLE, _("it breaks off in the middle")))
    if fields is None:
        why = _("its directory and its fields do not belong together")
        return IncomingBook(number=number, rejected=(Reason.UNREADABLE, why))
    leader, is_odd = leader_of(fields.leader)
    said = UTF8 if leader[CODING] == "a" else MARC8
    text = decoded(END_OF_FIELD.join(fields.chunks), said=said, named=named, utf16=piece.utf16)
    if text.nonsense is not None or text.text.count("\x1e") + 1 != len(fields.tags):
        return IncomingBook(number=number, rejected=(Reason.NONSENSE, text.nonsense or ""))
    record, dropped = _record(leader, fields, text.text.replace(LOST, ""))
    found = incoming(number, record)
    if is_odd:
        found.note(Reason.LEADER_ODD, fields.leader)
    if not (fields.lengths_right and piece.ended):
        found.note(Reason.LENGTHS_WRONG)
    for tag in (*fields.dropped, *dropped):
        found.note(Reason.FIELD_DROPPED, tag)
    note_text(found, text)
    return found


def note_text(found: IncomingBook, text: Text) -> None:
    """Notes how the record's text was read."""
    if text.guessed:
        found.note(Reason.ENCODING, text.guessed)
    for word in WITH_LOST_LETTER.findall(SUBFIELD.sub(" ", text.text)) if LOST in text.text else ():
        found.note(Reason.LETTERS_DROPPED, word.replace(LOST, "?"))


def _record(leader: str, fields: Cut, text: str) -> tuple[Record, list[str]]:
    """The record, and the tags that are none."""
    record, read = Record(leader, {}, {}), reader_of_parts(text)
    dropped: list[str] = []
    for tag, whole in zip(fields.tags, text.split("\x1e"), strict=True):
        if tag in TAGS:
            indicators, *parts = whole.split("\x1f")
            if not parts:
                # A control field's text, in the place of a data field's.
                indicators, parts = "", ["a" + (whole[2:] if whole[:2].isspace() else whole)]
            record.add(tag, indicators, read(parts))
        elif tag.startswith("00"):
            record.control.setdefault(tag, whole)
        elif not is_tag(tag):
            dropped.append(tag)
    return record, dropped

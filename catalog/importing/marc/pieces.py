"""Cuts a file in transmission format into records, by their ends: what a record says of its length is often wrong.

KOLAS III writes UTF-16 with a mark, and a line end behind each record. Files that were put together hold several
encodings, so UTF-16 is seen, and left again, at each record.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

END_OF_RECORD = b"\x1d"
BETWEEN = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff|[\r\n\t \x1a\0])*")
LITTLE, BIG = "utf-16-le", "utf-16-be"
TWO_BYTES_A_LETTER = re.compile(rb"(?:[\x20-\x7e]\0){10}")
AHEAD = 32
"""How many bytes of a record tell whether it is UTF-16."""
END = {LITTLE: b"\x1d\0", BIG: b"\0\x1d"}
RESTART = {
    LITTLE: re.compile(rb"\x1d\0(?:\xff\xfe|[\r\n\t \x1a]\0)*(?:\d\0){5}"),
    BIG: re.compile(rb"\0\x1d(?:\xfe\xff|\0[\r\n\t \x1a])*(?:\0\d){5}"),
}
"""An end with a new record behind it, though bytes may be lost in between."""
OTHER_RESTART = re.compile(rb"\x1d(?:\xef\xbb\xbf|[\r\n\t \x1a])*\d{5}[a-z ]{3}")
CHUNK = 1 << 18
LONGEST = 1 << 24


class Piece(NamedTuple):
    """The bytes of a record without its end. `ended`: it had one. Of UTF-16 the bytes are made UTF-8."""

    raw: bytes
    ended: bool
    utf16: bool


def pieces(file: BinaryIO) -> Iterator[Piece]:
    """The records of a file; what is longer than any record is given out in parts."""
    buffer, at, wide, more = b"", 0, "", True
    while more:
        chunk = file.read(CHUNK)
        more = bool(chunk)
        buffer, at = buffer[at:] + chunk, 0
        while True:
            between = BETWEEN.match(buffer, at)
            start = between.end() if between else at
            if start == len(buffer) or (more and len(buffer) - start < AHEAD):
                break
            wide = _wide(buffer, at, start, wide)
            first = start - (wide == BIG)
            end, behind = _end(buffer, first, wide)
            if end < 0 and more and len(buffer) - start <= LONGEST:
                break
            raw, ended = (buffer[first:end], True) if end >= 0 else (buffer[first:], False)
            yield Piece(raw.decode(wide, "replace").encode() if wide else raw, ended, bool(wide))
            at = behind


def _wide(buffer: bytes, at: int, start: int, before: str) -> str:
    """The kind of UTF-16 that the record at `start` is in, if any; what is between records begins at `at`."""
    if not TWO_BYTES_A_LETTER.match(buffer, start):
        return ""
    between = buffer[at:start]
    for mark, name in ((b"\xff\xfe", LITTLE), (b"\xfe\xff", BIG)):
        if mark in between:
            return name
    return before or (BIG if between.endswith(b"\0") else LITTLE)


def _end(buffer: bytes, start: int, wide: str) -> tuple[int, int]:
    """Where the record that begins at `start` ends, and where the next may begin."""
    if not wide:
        end = buffer.find(END_OF_RECORD, start)
        return (end, end + 1) if end >= 0 else (-1, len(buffer))
    end = buffer.find(END[wide], start)
    while end >= 0 and (end - start) % 2 and not RESTART[wide].match(buffer, end):
        end = buffer.find(END[wide], end + 1)
    other = OTHER_RESTART.search(buffer, start, end if end >= 0 else len(buffer))
    if other:
        return other.start(), other.start() + 1
    return (end, end + 2) if end >= 0 else (-1, len(buffer))

"""Cuts a MARCXML file into records without parsing it as a whole, so that one broken record is the only one lost.

What is outside of records, such as a document type with entities, is never read.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:+-]+)[\"']")
WIDE = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
# In every encoding but UTF-16 these bytes are these letters.
MARKUP = re.compile(rb"<!--|<!\[CDATA\[|<(?:[\w.-]+:)?record(?=[\s/>])|</(?:[\w.-]+:)?record\s*>")
CLOSED_BY = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}
FIELDS = re.compile(rb"<(?:[\w.-]+:)?(?:leader|controlfield|datafield)[\s/>]")
CHUNK = 1 << 18
LONGEST = 1 << 24
LONGEST_MARKUP = 64


class XmlPiece(NamedTuple):
    """The bytes of a record's element. `ended`: its end was there. Of UTF-16 the bytes are made UTF-8."""

    raw: bytes
    ended: bool
    utf16: bool


def declared(head: bytes) -> str | None:
    """The encoding that the file says it is in."""
    found = DECLARED.search(head)
    return found[1].decode() if found else None


def xml_pieces(file: BinaryIO, head: bytes) -> Iterator[XmlPiece]:
    """The record elements of a file that begins with `head`, which was read already.

    A record that begins inside of another ends that one: it was broken off, or is a wrapper (of OAI-PMH, SRU) and not
    one of MARC.
    """
    wide = next((name for mark, name in WIDE if head.startswith(mark)), "")
    buffer, at, start, more = b"", 0, -1, True
    chunks = _chunks(file, head, wide)
    while more:
        chunk = next(chunks, b"")
        more = bool(chunk)
        kept = start if start >= 0 else at
        buffer, at, start = buffer[kept:] + chunk, at - kept, min(start, 0)
        while (found := MARKUP.search(buffer, at)) and (end := _behind(buffer, found, more)):
            at = end
            if found[0] in CLOSED_BY:
                continue
            if start >= 0:
                piece = buffer[start : end if found[0].startswith(b"</") else found.start()]
                if FIELDS.search(piece) or found[0].startswith(b"</"):
                    yield XmlPiece(piece, found[0].startswith(b"</"), bool(wide))
            start = -1 if found[0].startswith(b"</") else found.start()
        if start >= 0 and len(buffer) - start > LONGEST:
            yield XmlPiece(buffer[start:at], False, bool(wide))
            start = -1
        if start < 0 and not found:
            at = max(at, len(buffer) - LONGEST_MARKUP)
    if start >= 0:
        yield XmlPiece(buffer[start:], False, bool(wide))


def _behind(buffer: bytes, found: re.Match[bytes], more: bool) -> int:
    """Where the markup ends; 0 where the rest of it has not been read. A comment that is never closed is none."""
    close = CLOSED_BY.get(found[0])
    if close is None:
        return found.end()
    end = buffer.find(close, found.end())
    if end >= 0:
        return end + len(close)
    return 0 if more and len(buffer) - found.start() < LONGEST else found.end()


def _chunks(file: BinaryIO, head: bytes, wide: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(wide)("replace") if wide else None
    chunk = head
    while chunk:
        yield decoder.decode(chunk).encode() if decoder else chunk
        chunk = file.read(CHUNK)

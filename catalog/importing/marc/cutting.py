"""Cuts a record in transmission format (ISO 2709) into its fields, by their ends.

What leader and directory say of lengths is believed only where it is needed: many systems count letters instead of
bytes, are off by one, write zeros, or more digits than there is room for.
"""

import re
from typing import NamedTuple

END_OF_FIELD = b"\x1e"
LEADER_LENGTH, WIDTH = 24, 12
SHORTEST_LEADER = 12
ENTRY = re.compile(r"(.{3})(\d{4})(\d{5})", re.DOTALL)
WIDTHS = ((4, 5), (5, 5), (4, 6), (5, 6), (6, 5), (6, 6))
"""Of length and address: a field of more than 9,999 bytes and a record of more than 99,999 take a digit more."""
LEADER = re.compile(rb"[\d ]{5}[a-z ][a-z][a-z ][a-z ].{3}[\d ]{5}.{7}(?:[0-9A-Za-z]{3}\d{9})+\x1e", re.DOTALL)
"""The beginning of a record, wherever it stands."""
EVERY_LEADERS_END = b"450"
BROKEN_LINES = re.compile(rb"\x1e[\r\n]+")


class Cut(NamedTuple):
    """A record's leader and its fields in the directory's order. `dropped` are the tags that have no field."""

    leader: str
    tags: list[str]
    chunks: list[bytes]
    lengths_right: bool
    dropped: list[str]


class Entry(NamedTuple):
    """What the directory says of a field."""

    tag: str
    length: int
    start: int


def cut(raw: bytes) -> Cut | None:
    """The record's fields, or nothing where leader and directory have not the size that these need."""
    if b"\x1e\r" in raw or b"\x1e\n" in raw:
        raw = BROKEN_LINES.sub(END_OF_FIELD, raw)
    header, chunks, _body = _parted(raw)
    if not chunks or len(header) != LEADER_LENGTH + WIDTH * len(chunks):
        return None
    leader, at = header[:LEADER_LENGTH], 0
    entries = ENTRY.findall(header, LEADER_LENGTH)
    if len(entries) != len(chunks):
        tags = [header[at : at + 3] for at in range(LEADER_LENGTH, len(header), WIDTH)]
        return Cut(leader, tags, chunks, False, [])
    for (_tag, length, start), chunk in zip(entries, chunks, strict=True):
        if int(length) != len(chunk) + 1 or int(start) != at:
            return _reordered(leader, _entries(header, LEADER_LENGTH), chunks)
        at += len(chunk) + 1
    right = leader[:5] == f"{len(raw) + 1:05d}" and leader[12:17] == f"{len(header) + 1:05d}"
    return Cut(leader, [tag for tag, _length, _start in entries], chunks, right, [])


def cut_by_force(raw: bytes) -> Cut | None:
    """The fields where the leader has more or fewer letters, the directory wider entries, or more or fewer of them
    than there are fields. Nothing where these have nothing to do with each other."""
    header, chunks, body = _parted(raw)
    begin = len(header) - WIDTH * len(chunks)
    for start in (24, 25, 26, 23, 22):
        if entries := _wider(header, start, len(chunks)):
            return Cut(header[max(start - 24, 0) : start], [entry.tag for entry in entries], chunks, False, [])
    entries = _entries(header, begin) if begin >= SHORTEST_LEADER else []
    if len(entries) == len(chunks) and min((entry.start for entry in entries), default=1) == 0:
        return _reordered(header[max(begin - 24, 0) : begin], entries, chunks)._replace(lengths_right=False)
    entries = _entries(header, LEADER_LENGTH)
    return _addressed(header[:24], entries, body) or _aligned(header[:24], entries, chunks)


def _entries(header: str, begin: int) -> list[Entry]:
    return [Entry(tag, int(length), int(start)) for tag, length, start in ENTRY.findall(header, begin)]


def _parted(raw: bytes) -> tuple[str, list[bytes], bytes]:
    """Leader and directory, the fields, and the bytes of these."""
    head, *chunks = raw.split(END_OF_FIELD)
    if chunks and not chunks[-1].strip():
        chunks.pop()
    return head.decode("latin-1"), chunks, raw[len(head) + 1 :]


def begins(raw: bytes) -> list[int]:
    """Where other records begin inside of this one, whose end was lost."""
    if EVERY_LEADERS_END not in raw[LEADER_LENGTH:]:
        return []
    starts = (found.start() for found in LEADER.finditer(raw, 1))
    return [start for start in starts if raw[:start].strip(b"0123456789 ")]


def _reordered(leader: str, entries: list[Entry], chunks: list[bytes]) -> Cut:
    """The fields where lengths or addresses are not those of the bytes: they stand in the order of the addresses,
    unless the lengths say that they stand in the directory's."""
    tags = [entry.tag for entry in entries]
    by_address = sorted(range(len(entries)), key=lambda at: entries[at].start)
    in_order = list(range(len(entries)))
    if by_address != in_order and _agreement(entries, in_order, chunks) <= _agreement(entries, by_address, chunks):
        placed = dict(zip(by_address, chunks, strict=True))
        chunks = [placed[at] for at in in_order]
        right = all(entry.length == len(chunk) + 1 for entry, chunk in zip(entries, chunks, strict=True))
        return Cut(leader, tags, chunks, right, [])
    return Cut(leader, tags, chunks, False, [])


def _agreement(entries: list[Entry], order: list[int], chunks: list[bytes]) -> int:
    """How many fields are as long as they should be, if they stand in this order."""
    return sum(entries[at].length == len(chunk) + 1 for at, chunk in zip(order, chunks, strict=True))


def _wider(header: str, at: int, wanted: int) -> list[Entry]:
    """The entries of a directory in which some take more digits: each begins where the one before it ends."""
    entries: list[Entry] = []
    address = 0
    while at < len(header) and (found := _entry(header, at, address)):
        entry, at = found
        entries.append(entry)
        address = entry.start + entry.length
    return entries if at == len(header) and len(entries) == wanted else []


def _entry(header: str, at: int, address: int) -> tuple[Entry, int] | None:
    """The entry there whose field has this address, and where the next one stands."""
    for width, digits in WIDTHS:
        middle, end = at + 3 + width, at + 3 + width + digits
        length, start = header[at + 3 : middle], header[middle:end]
        if length.isdecimal() and start == f"{address:0{digits}d}":
            return Entry(header[at : at + 3], int(length), address), end
    return None


def _addressed(leader: str, entries: list[Entry], body: bytes) -> Cut | None:
    """The fields at their addresses, where each of them ends as a field should: text may hold a stray end."""
    chunks = [body[entry.start : entry.start + entry.length] for entry in entries]
    if not entries or not all(chunk.endswith(END_OF_FIELD) for chunk in chunks):
        return None
    if sum(map(len, chunks)) != len(body.rstrip()):
        return None
    return Cut(
        leader,
        [entry.tag for entry in entries],
        [chunk[:-1].replace(END_OF_FIELD, b" ") for chunk in chunks],
        False,
        [],
    )


def _aligned(leader: str, entries: list[Entry], chunks: list[bytes]) -> Cut | None:
    """The fields that are as long as the directory says, one behind the other, if they are the better part."""
    tags: list[str] = []
    kept: list[bytes] = []
    at = 0
    for entry in sorted(entries, key=lambda entry: entry.start):
        for place in range(at, len(chunks)):
            if len(chunks[place]) + 1 == entry.length:
                tags.append(entry.tag)
                kept.append(chunks[place])
                at = place + 1
                break
    if len(kept) * 2 <= max(len(entries), len(chunks)):
        return None
    return Cut(leader, tags, kept, False, [entry.tag for entry in entries if entry.tag not in tags])

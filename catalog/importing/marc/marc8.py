"""MARC-8, the encoding of MARC 21 before Unicode: ASCII with ANSEL, and other scripts by escape sequences.

https://www.loc.gov/marc/specifications/speccharmarc8.html; the tables are pymarc's. What has no letter in them is
U+FFFD here, and nothing is printed.
"""

import codecs
import re
import unicodedata
from functools import lru_cache

from pymarc import marc8_mapping

from catalog.importing.marc.escapes import ESCAPED

LATIN, ANSEL, EAST_ASIAN = 0x42, 0x45, 0x31
SETS: dict[int, dict[int, tuple[int, int]]] = marc8_mapping.CODESETS
SUBFIELD = re.compile("[^\x1e\x1f]+")
LOST, NOTHING = "\ufffd", "\0"
FILING = {0x88, 0x89, 0x8D, 0x8E}
"""What does not file is set between the first two, and letters are joined or parted by the others."""
MARKS = "".join({chr(point) for table in SETS.values() for point, combining in table.values() if combining})
MARKED = re.compile(f"([{MARKS}]+\\w?)")
SIMPLE = "".join(map(chr, range(0x80))) + "".join(
    NOTHING if code in FILING else chr(SETS[ANSEL].get(code, (ord(LOST), 0))[0]) for code in range(0x80, 0x100)
)


def from_marc8(raw: bytes) -> str:
    """The text in Unicode (NFC). A letter that no table has, and a mark without its letter, is U+FFFD."""
    if b"\x1b" not in raw:
        return _composed(codecs.charmap_decode(raw, "strict", SIMPLE)[0])  # type: ignore[arg-type]
    # Each field and subfield begins in Latin letters again.
    text = SUBFIELD.sub(lambda part: _escaped(part[0].encode("latin-1")), raw.decode("latin-1"))
    return unicodedata.normalize("NFC", _composed(text))


def _composed(text: str) -> str:
    """The text with its marks behind their letters: MARC-8 sets them before."""
    parts = MARKED.split(text)
    parts[1::2] = map(_letter_first, parts[1::2])
    return "".join(parts).replace(NOTHING, "")


@lru_cache(4096)
def _letter_first(marked: str) -> str:
    letter = marked[-1]
    return LOST * len(marked) if letter in MARKS else unicodedata.normalize("NFC", letter + marked[:-1])


def _escaped(raw: bytes) -> str:
    """A part of a field, which may change its scripts."""
    letters: list[str] = []
    low, high, at = LATIN, ANSEL, 0
    while at < len(raw):
        if raw[at] == 0x1B:
            low, high, at = _changed(raw, at, low, high)
            continue
        taken = low if raw[at] < 0x80 else high
        width = 3 if taken == EAST_ASIAN and raw[at] != 0x20 else 1
        letters.append(_letter(taken, int.from_bytes(raw[at : at + width], "big")))
        at += width
    return "".join(letters)


def _letter(taken: int, code: int) -> str:
    if code <= 0x20 or code in FILING:
        return chr(code) if code == 0x20 else NOTHING
    if found := SETS[taken].get(code):
        return chr(found[0])
    return chr(marc8_mapping.ODD_MAP[code]) if code in marc8_mapping.ODD_MAP else LOST


def _changed(raw: bytes, at: int, low: int, high: int) -> tuple[int, int, int]:
    """The sets behind an escape sequence, and where it ends; what is none is passed over."""
    found = ESCAPED.match(raw, at)
    if not found:
        return low, high, at + 1
    sequence = found[0][1:]
    name = LATIN if sequence == b"s" else sequence[-1]
    if name not in SETS:
        return low, high, found.end()
    return (low, name, found.end()) if sequence[:-1].strip(b"$!") in (b")", b"-") else (name, high, found.end())

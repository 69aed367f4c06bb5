"""The encoding of a text file, found from its bytes."""

import codecs
from pathlib import Path

CHUNK = 1 << 20
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
CANDIDATES = ("utf-8", "cp949")
WIDER = {"euc_kr": "cp949", "ascii": "utf-8", "iso8859-1": "cp1252"}
"""Encodings that hold all of the one that a program named, and what it really wrote."""
SHOWN = {"utf-8-sig": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


def encoding_of(path: Path) -> str:
    """As a mark at the beginning says, else UTF-16 where every other byte is 0, else the first of UTF-8 and CP949 that
    all of the file is, else the one that fewer lines are not of."""
    with path.open("rb") as file:
        head = file.read(4096)
    if mark := next((name for mark, name in MARKS.items() if head.startswith(mark)), None):
        return mark
    if head.count(0) * 4 > len(head):
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    return next((name for name in CANDIDATES if _is_encoded(path, name)), None) or _most_likely(path)


def named(encoding: str) -> str:
    """The encoding that somebody named; a wider one where that is what programs mean. Raises `LookupError`."""
    return WIDER.get(codecs.lookup(encoding).name, encoding)


def errors_of(encoding: str) -> str:
    """How bytes that are not of the encoding come through, so that they spoil their own row alone."""
    return "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"


def shown(encoding: str) -> str:
    """The encoding's name for people."""
    return SHOWN.get(encoding, encoding.upper())


def _is_encoded(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _most_likely(path: Path) -> str:
    faults = dict.fromkeys(CANDIDATES, 0)
    with path.open("rb") as file:
        for line in file:
            for name in () if line.isascii() else CANDIDATES:
                faults[name] += not _decodes(line, name)
    return min(CANDIDATES, key=faults.__getitem__)


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True

"""Records in transmission format made byte by byte, so that they can be as wrong as those that libraries bring."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest

from catalog.importing.marc.iso2709 import marc_records
from catalog.importing.marc.marcxml import marcxml_records
from catalog.importing.records import IncomingBook

DATA = next(
    (place for above in Path(__file__).resolve().parents if (place := above / "shared" / "data").is_dir()), None
)
UTF8, UNSAID = "00000nam a2200000 k 4500", "00000nam  2200000 k 4500"
Fields = Sequence[tuple[str, str]]


def real(name: str) -> bytes:
    """A file of shared/data; without it the test is skipped."""
    if DATA is None or not (DATA / name).exists():
        pytest.skip(f"the real data is not here: there is no ../shared/data/{name}")
    return (DATA / name).read_bytes()


def data(text: str, indicators: str = "  ") -> str:
    """A data field in short: `data("$a제목 :$b부제")`. `$$` is a dollar sign."""
    return indicators + text.replace("$$", "\0").replace("$", "\x1f").replace("\0", "$")


def iso(*fields: tuple[str, str], encoding: str = "utf-8", leader: str = UTF8) -> bytes:
    """A record with right lengths."""
    return written([(tag, text.encode(encoding)) for tag, text in fields], leader)


def written(fields: Sequence[tuple[str, bytes]], leader: str = UTF8, *, lengths: Sequence[int] | None = None) -> bytes:
    """A record of bytes; `lengths` are what the directory says, addresses and all, if they are others."""
    directory, at = "", 0
    for place, (tag, content) in enumerate(fields):
        length = lengths[place] if lengths else len(content) + 1
        directory += f"{tag}{length:04d}{at:05d}"
        at += length
    body = b"".join(content + b"\x1e" for _tag, content in fields) + b"\x1d"
    base = 24 + len(directory) + 1
    head = f"{base + len(body):05d}{leader[5:12]}{base:05d}{leader[17:]}"
    return (head + directory).encode("ascii") + b"\x1e" + body


def books(*files: bytes, encoding: str | None = None) -> list[IncomingBook]:
    """What is read of files in transmission format, put together to one."""
    return list(marc_records(BytesIO(b"".join(files)), encoding=encoding))


def book(*fields: tuple[str, str], leader: str = UTF8) -> IncomingBook:
    """What a record with these fields says."""
    [read] = books(iso(*fields, leader=leader))
    return read


def xml_books(text: str | bytes, encoding: str | None = None) -> list[IncomingBook]:
    """What is read of a MARCXML file."""
    return list(marcxml_records(BytesIO(text.encode() if isinstance(text, str) else text), encoding=encoding))


def xml(*records: str, declared: str = "utf-8") -> str:
    """A MARCXML file of records as `xml_record` writes them."""
    inner = "".join(records)
    return f'<?xml version="1.0" encoding="{declared}"?>\n<collection xmlns="http://www.loc.gov/MARC21/slim">{inner}</collection>'


def xml_record(number: str, title: str) -> str:
    """A record; the title goes in as it is, so it may be anything but XML."""
    return (
        f'<record><leader>{UTF8}</leader><controlfield tag="001">{number}</controlfield>'
        f'<datafield tag="245" ind1="0" ind2="0"><subfield code="a">{title}</subfield></datafield></record>'
    )

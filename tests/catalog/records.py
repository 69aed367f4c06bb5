"""Invented records, written as files of each format."""

from pathlib import Path

from pymarc import Field, Indicators, Record, Subfield, record_to_xml


def field(tag: str, *parts: str, indicators: str = "  ") -> Field:
    """A data field: `field("245", "a", "제목 :", "b", "부제")`."""
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return Field(tag, Indicators(*indicators), [Subfield(code, text) for code, text in pairs])


def record(number: str, title: str | None = None, *fields: Field, year: str = "1998", language: str = "kor") -> Record:
    """A record in UTF-8 with a control number of the invented system GOR."""
    made = Record(force_utf8=True)
    made.leader = "00000nam a2200000 a 4500"
    made.add_field(Field("001", data=number), Field("003", data="GOR"))
    made.add_field(Field("008", data=f"980101s{year}    ulk           000 0 {language} d"))
    if title is not None:
        made.add_field(field("245", "a", title))
    made.add_field(*fields)
    return made


def marc_file(path: Path, *records: Record | bytes) -> Path:
    """A .mrc file of records, or of bytes that only pretend to be."""
    path.write_bytes(b"".join(made if isinstance(made, bytes) else made.as_marc() for made in records))
    return path


def xml_file(path: Path, *records: Record, end: bytes = b"</collection>") -> Path:
    """A MARCXML file."""
    inner = b"".join(record_to_xml(made, namespace=True) for made in records)
    path.write_bytes(b'<collection xmlns="http://www.loc.gov/MARC21/slim">' + inner + end)
    return path

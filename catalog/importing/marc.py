"""MARC 21 files, in transmission format (ISO 2709) and in XML, record by record.

Formats: https://www.loc.gov/marc/specifications/specrecstruc.html, https://www.loc.gov/standards/marcxml/
"""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO
from xml.etree import ElementTree
from xml.sax import SAXException

from django.utils.translation import gettext as _
from pymarc import Record, parse_xml_to_array
from pymarc.exceptions import PymarcException

from catalog.importing.marc_fields import incoming
from catalog.importing.records import CannotImportError, Incoming, unreadable

END_OF_RECORD = b"\x1d"
BETWEEN_RECORDS = b"\r\n\0\x1a "
CHUNK = 1 << 16
UTF8 = {"utf-8", "utf8"}


def marc_records(file: BinaryIO, system: str, encoding: str | None = None) -> Iterator[Incoming]:
    """The records of a `.mrc` file. One that can't be read is rejected, and the next one is read all the same.

    The text is UTF-8 where the leader says so or nothing else is possible, else MARC-8, unless `encoding` names
    another.
    """
    for number, raw in enumerate(_split(file), 1):
        try:
            record = _decoded(raw, encoding)
        except (PymarcException, ValueError, IndexError) as error:
            yield unreadable(number, error)
        else:
            yield incoming(number, record, system)


def marcxml_records(file: BinaryIO, system: str) -> Iterator[Incoming]:
    """The records of a MARCXML file. Raises `CannotImportError` where it stops being XML."""
    number = 0
    try:
        # Expat neither fetches what a document refers to nor lets its entities grow without bound.
        for _event, element in ElementTree.iterparse(file):  # noqa: S314
            if element.tag.rpartition("}")[2] == "record":
                number += 1
                yield _from_element(number, element, system)
                element.clear()
    except ElementTree.ParseError as error:
        raise CannotImportError(
            _("The file stops being XML after record %(number)s: %(why)s") % {"number": number, "why": error}
        ) from error


def _split(file: BinaryIO) -> Iterator[bytes]:
    """The records by their terminators: the lengths that records state of themselves are often wrong."""
    rest = b""
    while chunk := file.read(CHUNK):
        *whole, rest = (rest + chunk).split(END_OF_RECORD)
        for raw in whole:
            yield raw.lstrip(BETWEEN_RECORDS) + END_OF_RECORD
    if rest := rest.strip(BETWEEN_RECORDS):
        yield rest


def _decoded(raw: bytes, encoding: str | None) -> Record:
    if not raw.endswith(END_OF_RECORD):
        raise ValueError(_("the file ends in the middle of it"))
    if encoding and encoding.lower() not in UTF8:
        return Record(raw, file_encoding=encoding)
    return Record(raw, force_utf8=bool(encoding) or _is_utf8(raw))


def _is_utf8(raw: bytes) -> bool:
    """Whether the text is UTF-8, though the leader may not say so. MARC-8 sets a diacritic before its ASCII letter,
    which no UTF-8 text can have."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not raw.isascii()


def _from_element(number: int, element: ElementTree.Element, system: str) -> Incoming:
    try:
        [record] = parse_xml_to_array(BytesIO(ElementTree.tostring(element)))
    except (SAXException, PymarcException, KeyError, ValueError) as error:
        return unreadable(number, error)
    return incoming(number, record, system)

"""MARC 21 and KORMARC in XML, record by record.

https://www.loc.gov/standards/marcxml/
"""

import re
from collections.abc import Iterator
from html.entities import html5
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

from catalog.importing.marc.encodings import UTF8, decoded, known
from catalog.importing.marc.fields.book import incoming
from catalog.importing.marc.iso2709 import note_text
from catalog.importing.marc.nonsense import LOST, is_nonsense
from catalog.importing.marc.record import TAGS, Record, is_tag, leader_of, reader_of_parts
from catalog.importing.marc.xml_pieces import CHUNK, XmlPiece, declared, xml_pieces
from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook
from kernel.importing.records import CannotImportError

FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
REFERENCE = re.compile(r"&(?:#(?P<hex>x?)(?P<code>[0-9A-Fa-f]{1,7});|(?P<name>\w{1,40});)?")
NO_TAG = re.compile(r"<(?![/!?A-Za-z_:])")
OF_XML = {"amp", "lt", "gt", "quot", "apos"}


def marcxml_records(file: BinaryIO, *, encoding: str | None = None, start: int = 0) -> Iterator[IncomingBook]:
    """The records of a MARCXML file behind the first `start`, in any encoding. One that can't be read is rejected, and
    the next one is read.

    Nothing that a document refers to is fetched, and no entity of its own is put in. Raises `CannotImportError` when
    there is no `encoding` of that name.
    """
    named, head = known(encoding), file.read(CHUNK)
    try:
        said = known(declared(head)) or UTF8
    except CannotImportError:
        said = UTF8
    for number, piece in enumerate(xml_pieces(file, head), 1):
        if number > start:
            yield _read(number, piece, said, named)


def _read(number: int, piece: XmlPiece, said: str, named: str | None) -> IncomingBook:
    said, named = (UTF8, None) if piece.utf16 else (said, named)
    text = decoded(piece.raw, said=said, named=named, otherwise=UTF8)
    if text.nonsense is not None:
        return IncomingBook(number=number, rejected=(Reason.NONSENSE, text.nonsense))
    notes: list[tuple[str, str]] = []
    try:
        elements = _parsed(text.text.replace(LOST, ""), notes)
    except expat.ExpatError as error:
        why = str(error) if piece.ended else _("it breaks off in the middle")
        return IncomingBook(number=number, rejected=(Reason.UNREADABLE, why))
    if not elements.found:
        return IncomingBook(number=number, rejected=(Reason.UNREADABLE, _("it has no field of MARC")))
    if "&#" in text.text and is_nonsense(elements.text):
        return IncomingBook(number=number, rejected=(Reason.NONSENSE, ""))
    leader, is_odd = leader_of(elements.leader)
    found = incoming(number, elements.record._replace(leader=leader))
    if is_odd:
        found.note(Reason.LEADER_ODD, elements.leader)
    for note in (*notes, *((Reason.FIELD_DROPPED, name) for name in elements.dropped)):
        found.note(*note)
    note_text(found, text)
    return found


def _parsed(text: str, notes: list[tuple[str, str]]) -> "_Elements":
    """The record's elements. What XML does not allow is left out and noted; what is no XML at all raises."""
    if FORBIDDEN.search(text):
        notes += [(Reason.LETTERS_DROPPED, f"U+{ord(letter):04X}") for letter in set(FORBIDDEN.findall(text))]
        text = FORBIDDEN.sub("", text)
    try:
        return _Elements(text)
    except expat.ExpatError:
        repaired = NO_TAG.sub("&lt;", REFERENCE.sub(lambda found: _reference(found, notes), text))
        return _Elements(repaired)


def _reference(found: re.Match[str], notes: list[tuple[str, str]]) -> str:
    """The letter that a reference stands for, where it is no entity of the document's own; `&amp;` for a sign alone."""
    if found["code"]:
        base = 16 if found["hex"] else 10
        try:
            letter = chr(int(found["code"], base))
        except (ValueError, OverflowError):
            letter = "\0"
        if not FORBIDDEN.match(letter) and not "\ud800" <= letter <= "\udfff":
            return found[0]
    elif not found["name"] or found["name"] in OF_XML:
        return found[0] if found["name"] else "&amp;"
    elif f"{found['name']};" in html5:
        return html5[f"{found['name']};"]
    notes.append((Reason.LETTERS_DROPPED, found[0]))
    return ""


class _Elements:
    """Leader and fields of a record's element. `dropped` names what has no tag or code as the standard has them."""

    def __init__(self, text: str) -> None:
        """Raises `ExpatError`."""
        self.leader = ""
        self.record = Record("", {}, {})
        self.dropped: list[str] = []
        self.found = False
        self._read = reader_of_parts(text)
        self._tag = self._indicators = self._code = ""
        self._parts: list[str] = []
        self._text: list[str] = []
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text.append
        parser.Parse(text, True)

    @property
    def text(self) -> str:
        """All the text of its data fields."""
        return " ".join(field.text for fields in self.record.fields.values() for field in fields)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self._text.clear()
        if name == "subfield":
            self._code = attributes.get("code", "")
        elif name in ("datafield", "controlfield"):
            self._tag, self._parts = attributes.get("tag", ""), []
            self._indicators = (attributes.get("ind1") or " ")[:1] + (attributes.get("ind2") or " ")[:1]

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "subfield":
            if len(self._code) == 1:
                self._parts.append(self._code + "".join(self._text))
            elif self._tag in TAGS:
                self.dropped.append(f"{self._tag} ${self._code}")
        elif name == "datafield":
            self.found = True
            if self._tag in TAGS:
                self.record.add(self._tag, self._indicators, self._read(self._parts))
            elif not is_tag(self._tag):
                self.dropped.append(self._tag)
        elif name == "controlfield":
            self.found = True
            self.record.control.setdefault(self._tag, "".join(self._text))
        elif name == "leader":
            self.found, self.leader = True, "".join(self._text)

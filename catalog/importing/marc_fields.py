"""What a MARC 21 bibliographic record says, as fields of a book.

https://www.loc.gov/marc/bibliographic/; KORMARC has the same fields here, and 056 for the KDC.
"""

import re
from collections.abc import Iterable, Iterator

from pymarc import Field, Record

from catalog.importing.isbns import isbn_of
from catalog.importing.records import Incoming, cleaned, distinct, language_of
from catalog.importing.report import Reason
from catalog.rules import LAST_YEAR

HANGUL = re.compile(r"[가-힣]")
LINK = re.compile(r"(?P<tag>\d{3})-(?P<occurrence>\d\d)")
ROLE = re.compile(r"^[가-힣]+\s{2,}(?=\S)")
ISBD = re.compile(r"[\s/:;,=]+$")
STOP = re.compile(r"(?<=\w\w)\.$|(?<=[)\]])\.$")
ABBREVIATED = re.compile(r"\b(etc|Inc|Co|Ltd|Jr|Sr|St|Bp|vol|no|ed)\.$", re.IGNORECASE)
FOUR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")
ONE_YEAR = "stcdmikrep"
NAMES = {"100": "ab", "110": "ab", "111": "a", "700": "ab", "710": "ab", "711": "a"}
SUBJECTS = {"600": "ab", "610": "ab", "611": "a", "630": "a", "650": "a", "651": "a", "653": "a"}
CALL_NUMBERS = {"090": "ab", "056": "a", "050": "ab", "082": "a"}


def incoming(number: int, record: Record, system: str) -> Incoming:
    """The record as a book's fields, known by its control number (001) in the system that 003 names."""
    system = _control(record, "003").strip() or system
    found = Incoming(number, system=system, control_number=_control(record, "001").strip())
    found.fields = {
        "isbn": _isbn(record, found),
        "title": _title(record),
        "authors": _authors(record),
        "publisher": _publisher(record),
        "published_year": _year(record),
        "language": language_of(_language(record), found),
        "subjects": distinct(_subjects(record)),
        "call_number": _call_number(record),
        "description": " ".join(cleaned(field.get("a")) for field in _shown(record, "520")),
    }
    return found


def _control(record: Record, tag: str) -> str:
    field = next(iter(record.get_fields(tag)), None)
    return str(field.data or "") if field else ""


def _shown(record: Record, *tags: str) -> Iterator[Field]:
    """The fields of these tags, each in Hangul where an 880 field that it is linked to has it so (subfield 6)."""
    linked: dict[tuple[str, str], Field] = {}
    for field in record.get_fields("880"):
        if link := LINK.match(field.get("6") or ""):
            linked.setdefault((link["tag"], link["occurrence"]), field)
    for tag in tags:
        fields = record.get_fields(tag) or [field for (of, _occurrence), field in linked.items() if of == tag]
        for field in fields:
            link = LINK.match(field.get("6") or "")
            twin = linked.get((tag, link["occurrence"])) if link else None
            yield twin if twin and HANGUL.search(twin.value()) else field


def _first(fields: Iterable[Field]) -> Field | None:
    return next(iter(fields), None)


def _parts(field: Field, codes: str) -> list[str]:
    return [text for part in field.get_subfields(*codes) if (text := cleaned(part))]


def _title(record: Record) -> str:
    field = _first(_shown(record, "245"))
    return without_punctuation(" ".join(_parts(field, "abnp"))) if field else ""


def without_punctuation(text: str) -> str:
    """The text without the punctuation that ISBD sets at its end; a stop stays with an initial or an abbreviation."""
    text = ISBD.sub("", text)
    return text if ABBREVIATED.search(text) else ISBD.sub("", STOP.sub("", text))


def _authors(record: Record) -> list[str]:
    # With a title ($t) the field names a work inside the book, not somebody who made the book.
    fields = (field for field in _shown(record, *NAMES) if not field.get("t"))
    names = (name for field in fields for name in _separate(" ".join(field.get_subfields(*_codes(field, NAMES)))))
    return distinct(without_punctuation(name) for name in names)


def _separate(names: str) -> list[str]:
    """The names of a field. Some Korean systems write all into one, with roles: `홍길동;낭독자  성춘향;`."""
    return [cleaned(ROLE.sub("", name.strip())) for name in names.split(";")]


def _codes(field: Field, table: dict[str, str]) -> str:
    tag = field.tag
    if tag == "880" and (link := LINK.match(field.get("6") or "")):
        tag = link["tag"]
    return table[tag]


def _publisher(record: Record) -> str:
    field = _first(field for field in _shown(record, "264") if _is_publication(field)) or _first(_shown(record, "260"))
    return without_punctuation(next(iter(_parts(field, "b")), "")) if field else ""


def _is_publication(field: Field) -> bool:
    """264 also tells of production (0), distribution (2), manufacture (3) and copyright (4)."""
    return field.indicators is not None and field.indicators[1] == "1"


def _year(record: Record) -> int | None:
    """The year of publication: 008 where it has one single date, else what is printed in 264 or 260."""
    fixed = _control(record, "008")
    if fixed[6:7] in ONE_YEAR and (year := _plausible(fixed[7:11])):
        return year
    fields = [*filter(_is_publication, record.get_fields("264")), *record.get_fields("260")]
    for date in (part for field in fields for part in _parts(field, "c")):
        corrected = date.rpartition("i.e.")[2]
        if years := [year for text in FOUR_DIGITS.findall(corrected) if (year := _plausible(text))]:
            return years[0]
    return None


def _plausible(text: str) -> int | None:
    # Four digits beyond are another calendar's, such as the Dangun era of older Korean books, or a slip.
    return int(text) if FOUR_DIGITS.fullmatch(text) and 1000 <= int(text) <= LAST_YEAR else None


def _language(record: Record) -> str:
    """The code at 008/35-37, else the first of 041."""
    code = _control(record, "008")[35:38].strip(" |\\")
    field = _first(record.get_fields("041"))
    return code or (cleaned(field.get("a"))[:3] if field else "")


def _subjects(record: Record) -> Iterator[str]:
    for field in _shown(record, *SUBJECTS):
        heading = without_punctuation(" ".join(_parts(field, _codes(field, SUBJECTS))))
        yield " -- ".join([part for part in (heading, *map(without_punctuation, _parts(field, "vxyz"))) if part])


def _call_number(record: Record) -> str:
    """The library's own number, else by KDC, Library of Congress or Dewey."""
    numbers = (" ".join(_parts(field, CALL_NUMBERS[field.tag])) for field in _shown(record, *CALL_NUMBERS))
    return next(filter(None, numbers), "")


def _isbn(record: Record, found: Incoming) -> str | None:
    """The first of 020 $a that is one; qualifiers such as (pbk.) stand behind it."""
    given = [part.split("(")[0].split(":")[0] for field in record.get_fields("020") for part in _parts(field, "a")]
    given = [number for part in given if (number := part.strip().split(" ")[0])]
    for number in given:
        isbn, _why = isbn_of(number)
        if isbn:
            return isbn
    if given:
        found.notes.append((Reason.ISBN_INVALID, given[0]))
    return None

"""A record as a book with its copies."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from catalog.importing.marc.fields.holdings import copies_of
from catalog.importing.marc.fields.imprint import language_of, publisher_of, year_of
from catalog.importing.marc.fields.names import names_of
from catalog.importing.marc.fields.numbers import call_number_of, class_of, isbns_of, volume_of
from catalog.importing.marc.fields.own import is_own, texts_of
from catalog.importing.marc.fields.subjects import subjects_of
from catalog.importing.marc.fields.text import LETTER, shown
from catalog.importing.marc.fields.titles import series_of, titles_of
from catalog.importing.marc.record import Record
from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook
from catalog.rules import NATIONAL_NUMBER, OWN_SYSTEM
from kernel.importing.records import cleaned

STATUS, TYPE = 5, 6
DELETED = "d"
NO_BOOK = "zuvxywq"
"""Types of authority, holdings, classification and community records."""
MANY = 3
NATIONAL_LIBRARY = "NLK"


def incoming(number: int, record: Record) -> IncomingBook:
    """The record as a book, known by its control number (001) in the system that 003 names."""
    found = IncomingBook(number=number, deleted=record.leader[STATUS] == DELETED)
    national = _take_number(record, found)
    found.copies = copies_of(record, found)
    title, other_titles, responsibility = titles_of(record)
    authors, other_names = names_of(record, responsibility)
    publisher, other_publishers = publisher_of(record)
    subjects, other_subjects = subjects_of(record)
    series, other_series = series_of(record)
    isbns = isbns_of(record, found)
    class_number, class_scheme = class_of(record)
    found_by = [responsibility, other_names, other_subjects, other_series, other_publishers, isbns.found_by, [national]]
    found.fields = {
        "title": title,
        "authors": _distinct(authors),
        "publisher": publisher,
        "published_year": year_of(record, found),
        "isbn": isbns.own,
        "isbn_addon": isbns.addon,
        "language": language_of(record, found),
        "subjects": _distinct(subjects),
        "call_number": call_number_of(record),
        "class_number": class_number,
        "class_scheme": class_scheme,
        "volume": volume_of(record, found),
        "series": series,
        "other_titles": _distinct(other_titles),
        "other_isbns": isbns.others,
        "access_points": _distinct(text for texts in found_by for text in texts),
        "description": " ".join(text for field, _other in shown(record, "520") for text in field.parts("ab")),
    }
    if is_own(record):
        found.fields |= texts_of(record)
    if title.count("?") >= MANY and not LETTER.search(title):
        found.rejected = (Reason.NONSENSE, _("its letters were lost before it came here: have it exported anew"))
    if record.leader[TYPE] in NO_BOOK:
        found.rejected = (Reason.NO_BOOK, record.leader[TYPE])
    return found


def _take_number(record: Record, found: IncomingBook) -> str:
    """Takes the record's number, and its source as far as it names one; returns its other number, or nothing."""
    system = cleaned(record.control.get("003"))
    found.system, found.control_number = "" if system == OWN_SYSTEM else system, cleaned(record.control.get("001"))
    national = _national_number(record)
    if found.control_number or not national:
        return national
    found.system, found.control_number = NATIONAL_LIBRARY, national
    return ""


def _national_number(record: Record) -> str:
    numbers = (NATIONAL_NUMBER.search(field.first("a")) for field in record.of("012"))
    return next((found[0] for found in numbers if found), "")


def _distinct(texts: Iterable[str]) -> list[str]:
    """Each text once, in their order."""
    return list(dict.fromkeys(text for text in texts if text))

"""Numbers: ISBNs, call numbers, classes, volumes."""

import re
from typing import NamedTuple

from catalog.importing.marc import values
from catalog.importing.marc.fields.text import bare
from catalog.importing.marc.record import Field, Record
from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook

OF_SET = "1"
"""020's first indicator in KORMARC, where the number is that of a set."""
SET = re.compile("세트|전집")
DIGIT = re.compile(r"\d")
PRIMES = str.maketrans("", "", "/'’")
KDC, DDC = "kdc", "ddc"


class Isbns(NamedTuple):
    """The book's own ISBN with its add-on, its others, and those that are found but identify nothing: cancelled ones
    and that of the set."""

    own: str | None
    addon: str
    others: list[str]
    found_by: list[str]


def isbns_of(record: Record, found: IncomingBook) -> Isbns:
    """The ISBNs of 020. What is none is noted where the book has no other."""
    own: dict[str, str] = {}
    found_by: list[str] = []
    wrong: list[tuple[Reason, str]] = []
    for field in record.of("020"):
        found_by += [number.digits if (number := values.isbn(text)) else text for text in field.parts("z")]
        for text in field.parts("a"):
            number = values.isbn(text)
            if number is None:
                wrong += [(Reason.ISBN_INVALID, text)] if DIGIT.search(text) else []
            elif number.of_set or _is_of_set(field):
                found_by.append(number.digits)
                wrong.append((Reason.ISBN_OF_SET, number.digits))
            else:
                own.setdefault(number.digits, number.addon or values.addon(" ".join(field.parts("g"))))
    if not own:
        for reason, detail in wrong[:1]:
            found.note(reason, detail)
    first, *others = own or [None]
    return Isbns(first, own[first] if first else "", [number for number in others if number], found_by)


def _is_of_set(field: Field) -> bool:
    return field.indicators[0] == OF_SET or any(SET.search(text) for text in field.parts("gq"))


def call_number_of(record: Record) -> str:
    """The library's own number (090, or with its copies: 852, Koha's 952), else by Library of Congress or Dewey.

    KORMARC's 052 is the National Library's, and 056 a class only.
    """
    for tag, codes in (("090", "ab"), ("852", "hi"), ("952", "o"), ("050", "ab"), ("082", "ab")):
        for field in record.of(tag):
            if number := bare(" ".join(field.parts(codes))):
                return number
    return ""


def class_of(record: Record) -> tuple[str, str]:
    """The number of its class and the scheme that it is of: KDC (056, or 084 that says so), else Dewey (082)."""
    for field in record.of("056", "084", "082"):
        if field.tag == "084" and not field.first("2").lower().startswith(KDC):
            continue
        number = bare(field.first("a").translate(PRIMES))
        if DIGIT.search(number):
            return number, DDC if field.tag == "082" else KDC
    return "", ""


def volume_of(record: Record, found: IncomingBook) -> str:
    """The volume: of the title, else of the call number, else the one that all its copies have."""
    for tag, code in (("245", "n"), ("090", "c")):
        for field in record.of(tag):
            if text := field.first(code):
                return values.volume(text)
    volumes = {copy.volume for copy in found.copies}
    return volumes.pop() if len(volumes) == 1 else ""

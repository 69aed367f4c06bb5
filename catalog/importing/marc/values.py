"""Single values of a record, each by the reader that every other door uses too. What is none is None here."""

import re
from datetime import date
from functools import lru_cache

from catalog.rules import normalised_language
from kernel.importing.records import cleaned
from kernel.values.amounts import NOT_FOR_SALE, read_amount
from kernel.values.barcodes import read_barcode
from kernel.values.dates import read_date, read_year
from kernel.values.isbns import Isbn, read_isbn
from kernel.values.names import read_names
from kernel.values.roles import ROLES, without_role

HANGUL = re.compile("[가-힣]")
ADDON = re.compile(r"(?<!\d)\d{5}(?!\d)|(?<!.)\d{1,4}(?!.)")
"""Some lists have its first digit only, the readership."""
NUMBERED = re.compile(r"\W*(?:(?:v|vol|no|bd|t|pt)\b|제)?\W*(?P<number>\d+)\W*[권책집부호편]?\W*", re.IGNORECASE)
ROLE_BEFORE = re.compile(rf"^(?:{ROLES})\s(?=\S{{2,}}$)")
UNKNOWN_LANGUAGES = {"", "und", "zxx", "mis"}
FIRST_PRINTED = 1000
TOO_MUCH = 2**31
"""What no book costs, and no database's column of whole numbers holds."""


def isbn(text: str) -> Isbn | None:
    """The ISBN, with the add-on that stands behind it."""
    try:
        return read_isbn(text)
    except ValueError:
        return None


def addon(text: str) -> str:
    """The digits of a Korean ISBN's add-on, or nothing."""
    found = ADDON.search(text)
    return found[0] if found else ""


def price(text: str) -> tuple[int | None, bool]:
    """The amount, and whether the text has one at all: what is not for sale has none, and nothing is wrong with it."""
    try:
        amount = read_amount(text.rstrip(" ;:,/"))
        return (amount, True) if amount is None or amount < TOO_MUCH else (None, False)
    except ValueError:
        return None, NOT_FOR_SALE.search(text) is not None or not any(letter.isdecimal() for letter in text)


def day(text: str) -> date | None:
    """The day, or nothing."""
    try:
        return read_date(text)
    except ValueError:
        return None


def barcode(text: str) -> str | None:
    """The barcode."""
    try:
        return read_barcode(text)
    except ValueError:
        return None


def persons(statement: str) -> list[str]:
    """The names of a statement of responsibility."""
    try:
        return read_names(statement)
    except ValueError:
        return []


def headings(text: str) -> list[str]:
    """The names of a heading, where a comma stands between family and given names.

    Some Korean systems write all into one, with roles: `홍길동;낭독자  성춘향;`.
    """
    if ";" not in text:
        return [text]
    parts = (ROLE_BEFORE.sub("", cleaned(part)) for part in text.split(";"))
    return [name for part in parts if (name := without_role(part))]


def year(text: str) -> int | None:
    """The year of a printed book; `단기 4288` is 1955."""
    found = read_year(text)
    return found if found and found >= FIRST_PRINTED else None


@lru_cache(1024)
def language(code: str) -> str | None:
    """The language's tag, nothing for a code that names none, None for one that is unknown."""
    if code in UNKNOWN_LANGUAGES:
        return ""
    try:
        return normalised_language(code)
    except ValueError:
        return None


def volume(text: str) -> str:
    """The volume: its number where it has one (`제2권`, `v. 2`), else what it is called (`상`)."""
    found = NUMBERED.fullmatch(text)
    return found["number"] if found else text.strip(" .,:;/=[]()")

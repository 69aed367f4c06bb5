"""ISBNs (ISO 2108), as people, scanners, records and spreadsheets write them."""

import re
from operator import mul
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from kernel.values.texts import narrow, text_of

LONGEST_TEXT = 200
LONG_VOWELS = str.maketrans("ㅡー", "--")  # what looks like a hyphen on a Korean and on a Japanese keyboard
BEFORE = (
    r"(?:\([^()]*\)|\[[^\[\]]*\]|(?:E-?)?ISBN(?:[-\s]?1[03](?![\d-]))?|V(?:OL)?\.?\s?\d{1,3}(?=[\s:;])|\d{1,3}권"
    r"|[^\W\d]++|[\s:;.,=#\"'/-])*+"
)
NUMBER = re.compile(
    BEFORE + r"(?P<number>9[- ]*7[- ]*[89](?:[- ]*\d){10}|\d(?:[- ]*\d){8}[- ]*[\dX])(?![\dX])"
    r"(?:[-\s(]*(?:부가기호[\s:]*)?(?P<addon>\d{5})(?![\d,원]))?(?:\.0+$)?(?![\d])"
)
ATTACHED = re.compile(BEFORE + r"(?P<number>97[89]\d{10})(?P<addon>\d{5})(?!\d)")
OF_SET = re.compile(r"세트|전집|전\s*\d+\s*권|\bSET\b")
LAST = frozenset("0123456789Xx")
WEIGHTS = range(10, 0, -1)
WRONG = _("This is not an ISBN: check its digits.")
MUSICAL = _("This is an ISMN, a number of printed music, and not an ISBN.")
MUSIC = re.compile(r"979-?0|M[- ]?\d")


class Isbn(NamedTuple):
    """An ISBN in its 13 digits, the Korean five-digit add-on where there is one, and whether it is a whole set's."""

    digits: str
    addon: str = ""
    of_set: bool = False


def read_isbn(value: object) -> Isbn:
    """The ISBN that was given: ISBN-10 or ISBN-13, hyphens of any kind or blanks or none, full-width digits, words or
    volumes in front, qualifiers behind, the add-on attached (18 digits) or apart.

    Raises `ValueError` when the form or the check digit is wrong, and for an ISMN.
    """
    text = value if isinstance(value, str) else text_of(value)
    if (
        len(text) in {10, 13} and text[:-1].isdecimal() and text.isascii() and text[-1] in LAST
    ):  # almost all that files hold
        return Isbn(_checked(text.upper()))
    plain = narrow(text_of(text[:LONGEST_TEXT]).translate(LONG_VOWELS)).upper()
    found = ATTACHED.match(plain) or NUMBER.match(plain)
    if found is None:
        raise ValueError(MUSICAL if MUSIC.match(plain) else WRONG)
    number = found["number"].replace("-", "").replace(" ", "")
    return Isbn(_checked(number), found["addon"] or "", bool(OF_SET.search(plain)))


def _checked(number: str) -> str:
    """The 13 digits. Raises `ValueError`."""
    if len(number) == 10:
        last = 10 if number[9] == "X" else int(number[9])
        if (sum(map(mul, WEIGHTS, map(int, number[:9]))) + last) % 11:
            raise ValueError(WRONG)
        body = "978" + number[:9]
        return body + str(-_weighted(body) % 10)
    if number.startswith("9790"):
        raise ValueError(MUSICAL)
    if not number.startswith(("978", "979")) or _weighted(number) % 10:
        raise ValueError(WRONG)
    return number


def _weighted(digits: str) -> int:
    return sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))

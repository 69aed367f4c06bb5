"""The author mark (도서기호) by 이재철's tables: `김64ㅅ` for 김영하, 살인자의 기억법.

It is the first syllable of the name, the number of the second one, and the initial consonant of the title.
"""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from catalog.call_numbers.number_tables import BEHIND_AN_INITIAL, FIRST_SYLLABLE, INITIALS, USUAL, number_of
from catalog.search.text.readings import HAN, readings
from kernel.values.names import read_names

SURNAMES = {"金": "김", "車": "차", "沈": "심"}
"""How Hanja are read that have another reading as a family name."""
LATIN_INITIALS = re.compile(r"^(?:[^\W\d_]\.[\s-]*)+(?=[가-힣])")
NO_LETTERS = re.compile(r"[\W\d_]+")
TWO_SYLLABLES = re.compile("[가-힣]{2}")
BEFORE_A_TITLE = re.compile(r"^(?:\s*(?:\([^()]*\)|\[[^\[\]]*\])(?=.))+", re.DOTALL)
"""관칭: what a title page has above the title, in brackets."""
FIRST_OF_TITLE = re.compile(r"(?P<number>\d[\d,]*)|(?P<letter>[^\W\d_])")
DIGITS, PLACES = "영일이삼사오육칠팔구", ("", "십", "백", "천")


class NoAuthorMarkError(ValueError):
    """The name has no two syllables of Hangul, nor Hanja that are read so, with which a mark begins."""

    def __init__(self) -> None:
        super().__init__(_("A name gives an author mark when it begins with two syllables of Hangul."))


def author_mark(author: str, title: str = "", table: int = USUAL) -> str:
    """The mark of the first of the authors and a title, by one of `TABLES`.

    Roles (`지음`), blanks and signs are no part of a name; Hanja count as they are read, a family name as such (金 김).
    What a title has before it in brackets is left out; a number counts as it is read, a Latin letter is itself, in
    capitals; a title without any gives no letter. Raises `NoAuthorMarkError`.
    """
    names = read_names(_in_hangul(author, SURNAMES))
    name = NO_LETTERS.sub("", LATIN_INITIALS.sub("", names[0])) if names else ""
    if not TWO_SYLLABLES.match(name):
        raise NoAuthorMarkError()
    return name[0] + number_of(name[1], table) + _letter_of(title)


def _letter_of(title: str) -> str:
    found = FIRST_OF_TITLE.search(BEFORE_A_TITLE.sub("", _in_hangul(title, {})))
    if not found:
        return ""
    letter = _first_syllable(found["number"].replace(",", "")) if found["number"] else found["letter"]
    if "가" <= letter <= "힣":
        return INITIALS[(ord(letter) - FIRST_SYLLABLE) // BEHIND_AN_INITIAL]
    return letter if "ㄱ" <= letter <= "ㅣ" else unicodedata.normalize("NFKD", letter)[0].upper()


def _first_syllable(digits: str) -> str:
    """What a number is read as begins with this: 천 for 1984, 팔 for 82."""
    first, behind = int(digits[0]), len(digits) - 1
    if first == 1 and 0 < behind < len(PLACES) + 1:
        return (*PLACES, "만")[behind]
    return DIGITS[first]


def _in_hangul(text: str, surnames: dict[str, str]) -> str:
    """The text with its Hanja as they are read, before anything composes it: that would lose which reading is meant."""
    read = HAN.sub(lambda run: _read(run[0], surnames), text)
    return unicodedata.normalize("NFC", read)


def _read(hanja: str, surnames: dict[str, str]) -> str:
    surname = surnames.get(unicodedata.normalize("NFKC", hanja[0]), "")
    rest = hanja[1:] if surname else hanja
    return surname + (next(iter(readings(rest)), rest) if rest else "")

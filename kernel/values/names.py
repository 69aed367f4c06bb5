"""Lists of persons and bodies, as title pages, spreadsheets and other systems write them into one field."""

import re
import unicodedata
from functools import lru_cache

from kernel.values.given_names import GIVEN_NAMES
from kernel.values.roles import COMBINED, PARTED, of_several, without_role
from kernel.values.texts import narrow, text_of

LONGEST_LIST = 4_000
ASIAN = re.compile("[가-힣一-鿿·]")
HANGUL = re.compile("[가-힣]")
SIGNS = re.compile(r"[;|,/&·()\[\]:.]|\sand\s|\S\s(?:by|al)\b")
MIDDLE_DOTS = re.compile("[\u318d\u119e\u30fb\uff65\u2027\u2219\u2022]")
KOREAN_NAMES = re.compile(r"(?:[가-힣]{3}\s?·\s?)+[가-힣]{3}")
LIFE = re.compile(r",\s*\d{4}\??\s?-\s?(?:\d{4})?\.?$")
INITIALS = re.compile(r"(?:\w\.\s?-?){1,4}")
TITLES = re.compile(r"(?:Jr|Sr|I{1,3}|IV|Ph\.?\s?D|M\.?D|Esq|MD|Dr|ed|eds)\.?", re.IGNORECASE)
_BEFORE_FAMILY_NAMES = """
da das de del della den der des di do dos du el la las le les los st. ter ten van von vom zu zur af av bin ibn
"""
PARTICLES = frozenset(_BEFORE_FAMILY_NAMES.split())
UNIT = re.compile(
    r"\b(?:Academy|Agency|Association|Board|Branch|Bureau|Cent(?:er|re)|Chapter|Commission|Committee|Company|Corp(?:oration)?"
    r"|Council|Department|Dept|Division|Faculty|Foundation|Group|Inc|Institute|LLC|Ltd|Co|Laboratory|Library|Ministry"
    r"|Museum|Office|Press|School|Section|Society|Team|University|GmbH|S\.A)\b\.?"
)


def read_names(value: object) -> list[str]:
    """The names, each once, in their order, without roles (`지음`, `(옮긴이)`, `illustrated by`) and without `외 2인`.

    Semicolons, bars, slashes and line ends part names, a middle dot where a role stands before it. A comma parts them
    where each side is a whole name: `Mina Vale, Otto Rand` are two, `García Márquez, Gabriel José` is one person, and
    `Acme Software Group, Seoul Branch` one body. Nothing is read beyond `LONGEST_LIST` letters.
    """
    text = text_of(value)[:LONGEST_LIST]
    return list(_names(text)) if text else []


@lru_cache(maxsize=4096)
def _names(text: str) -> tuple[str, ...]:
    plain = " ".join(unicodedata.normalize("NFC", text.replace("\n", ";")).split())
    if plain.isascii() and not SIGNS.search(plain):
        return (plain,) if plain else ()
    plain = COMBINED.sub("글그림", MIDDLE_DOTS.sub("·", narrow(plain)))
    names = (without_role(name) for piece in re.split(r"[;|]", plain) for name in _by_sign(piece))
    return tuple(dict.fromkeys(name for name in names if name))


def _by_sign(piece: str) -> list[str]:
    """The parts between slashes and middle dots, and behind roles, each parted by its commas."""
    if not ASIAN.search(piece):
        parts = piece.split(" / ")
    else:
        slash = r"/" if HANGUL.search(piece) else r"\s/\s"
        halves = [part for half in re.split(slash, piece) for part in PARTED.sub(r"\g<role>;", half).split(";")]
        parts = [name for part in halves for name in _by_middle_dot(part)]
    return [name for part in parts for name in _by_comma(of_several(LIFE.sub("", part.strip())))]


def _by_middle_dot(part: str) -> list[str]:
    """Korean names of three syllables; in a foreign name the dot stands for a blank."""
    return part.split("·") if KOREAN_NAMES.fullmatch(part.strip()) else [part]


def _by_comma(text: str) -> list[str]:
    parts: list[str] = []
    for part in (part.strip() for part in text.split(",")):
        if parts and (INITIALS.fullmatch(part) or TITLES.fullmatch(part)):
            parts[-1] += f", {part}"
        elif part:
            parts.append(part)
    if len(parts) < 2:
        return _by_and(text.strip(" ,"))
    bare = [without_role(part) for part in parts]
    whole = sum(" " in part or bool(HANGUL.search(part)) for part in bare)
    if len(parts) == 2 and (whole < 2 or _is_one(*bare)):
        return [text]
    # Among many, one may go by a single name; of two, that one would be the family name of the other.
    apart = whole == len(parts) or whole * 2 >= len(parts)
    return [name for part in parts for name in _by_and(re.sub(r"^and\s", "", part))] if apart else [text]


def _by_and(text: str) -> list[str]:
    """Both sides of `&` and `and`, where both are whole names."""
    sides = [side.strip() for side in re.split(r"\s(?:&|and)\s", text)]
    whole = all(" " in side or HANGUL.search(side) for side in sides) and not UNIT.search(text)
    return sides if whole and len(sides) > 1 and "," not in text else [text]


def _is_one(first: str, second: str) -> bool:
    """Whether a comma stands inside a name: of a body and its unit, or between family and given names."""
    if HANGUL.search(second):
        return False
    if UNIT.search(second) or HANGUL.search(first):
        return bool(UNIT.search(second))
    words, given = first.lower().split(), second.split()
    if words[0] in PARTICLES or given[-1].lower() in PARTICLES or re.fullmatch(r"\w\.?(?:-?\w\.)*", given[-1]):
        return True
    return not _is_given(words[0]) and all(map(_is_given, given))


def _is_given(word: str) -> bool:
    """Whether it is a common given name, or the initial of one."""
    letters = unicodedata.normalize("NFKD", word.lower().rstrip("."))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return len(plain) == 1 or all(part in GIVEN_NAMES for part in plain.split("-"))

"""The order of books on Korean shelves: by shelving mark, class, author mark, volume, year and copy.

A class is a decimal fraction (813.62 stands before 813.7), and so is the number of an author mark (김123 before 김64).
Hangul stands before Latin letters, and nothing before something: general books before those with a shelving mark.
Numbers of volumes are whole numbers. So do the Korean Decimal Classification, Dewey and the author marks of 이재철.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

LONGEST_SHELF_KEY = 300
MARKS = {"R", "REF", "J", "YA", "E", "C", "CD", "DVD", "AV"}
"""Shelving marks in Latin letters; other letters before a number may be a class of the Library of Congress."""
DECIMAL = re.compile(
    r"(?:[\[(]?(?P<mark>[^\W\d_]{1,8})[\])]?[\s.-]*)?"
    r"(?P<class>\d{3}(?:\.\d+)?(?!\d)|\d{0,2}$)(?P<rest>.*)",  # or, where somebody begins to look, a part of one
    re.DOTALL,
)
YEAR = re.compile(r"1[4-9]\d\d|20\d\d")
COPY = re.compile(r"(?:=?c\.?(?=\d)|=|복본)(\w+)", re.IGNORECASE)
VOLUME = re.compile(r"(?:v(?:ol)?\.?|제)?(\d+)(?:[~,-]\d+)*[권집]?", re.IGNORECASE)
AUTHOR_MARK = re.compile(r"([^\W\d_]*)(\d*)")
PARTS = re.compile(r"[\s\-/]+|(?==)")
RUNS = re.compile(r"[^\W\d_]+|\d+")
CODES, END = 4, "0000"
WITH_AUTHOR = re.compile(rf"(?:(?!{END})\w{{{CODES}}})*{END}[1-9a]*0(?!{END}0)")  # marks, a class, not nothing
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
BEHIND_AN_INITIAL = 588
"""Syllables that begin with one consonant."""
LAST, NINES = "g", "9" * 20
"""Behind every digit of a key; and a fraction behind every other that begins alike."""
FIRST_HANGUL, FIRST_OTHER, LAST_CODE = 0x1000, 0x4000, 0xFFFF


@dataclass(frozen=True)
class Place:
    """The parts of a call number of the decimal classification."""

    mark: str
    class_number: str
    author_mark: str
    more: str = ""
    volume: str = ""
    year: str = ""
    copy: str = ""


def shelf_key(call_number: str, volume: str = "") -> str:
    """What sorts call numbers as their books stand; nothing for none. `volume` counts where the number has none.

    It has digits and the letters a to f only, and so it sorts alike under every collation.
    """
    text = _plain(call_number)
    if not text:
        return ""
    place = place_of(call_number)
    key = _key_of(place, _plain(volume)) if place else f"{END}f{_others(text)}"
    return key[:LONGEST_SHELF_KEY]


def last_shelf_key(call_number: str) -> str:
    """The key behind which stands nothing that begins with the call number: 813 takes 813.99 along, and `813.7 김64`
    all of that author. Empty for none."""
    place = place_of(call_number)
    if place is None:
        return shelf_key(call_number)[:-1] + LAST if call_number.strip() else ""
    if any((place.more, place.volume, place.year, place.copy)):
        unsaid = 0 if place.copy else len("0") if place.year else len("000")
        key = _key_of(place, "")
        return key[: len(key) - unsaid] + LAST
    digits = place.class_number.replace(".", "") + NINES
    rest = {"author_mark": place.author_mark + NINES} if place.author_mark else {"class_number": digits}
    return _key_of(replace(place, **rest), "") + LAST


def place_of(call_number: str) -> Place | None:
    """The parts; nothing where the number is of another kind, such as the Library of Congress's, or empty."""
    text = _plain(call_number)
    return _decimal(text) if text else None


def mark_key(place: Place) -> str:
    """What the keys of all books begin with that have this shelving mark, class and author mark."""
    class_number = _fraction(place.class_number.replace(".", ""))
    return _letters(place.mark) + class_number + "".join(_author_mark(place.author_mark))


def names_an_author(key: str) -> bool:
    """Whether the call number of that key has an author mark, and so may be a book's own."""
    return WITH_AUTHOR.match(key) is not None


def _plain(text: str) -> str:
    """Without compatibility forms, but for consonants that stand alone, which would become others."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(one if "ㄱ" <= one <= "ㅣ" else unicodedata.normalize("NFKC", one) for one in composed).strip()


def _decimal(text: str) -> Place | None:
    found = DECIMAL.fullmatch(text)
    mark = (found["mark"] or "") if found else ""
    if found is None or (mark.isascii() and mark and not _is_shelving_mark(mark, found["rest"])):
        return None
    author, *parts = [part for part in PARTS.split(found["rest"]) if part.strip("., ")] or [""]
    if author.startswith("="):
        author, parts = "", [author, *parts]
    return Place(mark, found["class"], *_parts_of(author, parts))


def _is_shelving_mark(mark: str, rest: str) -> bool:
    return mark.upper() in MARKS or any("가" <= letter <= "힣" for letter in rest)


def _parts_of(author: str, parts: list[str]) -> tuple[str, str, str, str, str]:
    """The author mark, what else there is, volume, year and copy."""
    more, volume, year, copy = "", "", "", ""
    for part in parts:
        if found := COPY.fullmatch(part):
            copy = copy or found[1]
        elif YEAR.fullmatch(part):
            year = year or part
        elif found := VOLUME.fullmatch(part):
            volume = volume or found[1]
        elif not (more or volume) and all("ㄱ" <= letter <= "ㅎ" for letter in part):
            author += part  # a work mark that was written apart
        elif part in {"상", "중", "하", "전", "후"}:
            volume = volume or part
        else:
            more += part
    return author, more, volume, year, copy


def _key_of(place: Place, volume: str) -> str:
    numbered = VOLUME.fullmatch(volume)
    volume = place.volume or (numbered[1] if numbered else next(iter(RUNS.findall(volume)), ""))
    return "".join(
        [
            mark_key(place),
            _mixed(place.more),
            _number_or_word(volume),
            _whole(place.year),
            _number_or_word(place.copy),
        ]
    )


def _author_mark(mark: str) -> Iterator[str]:
    """Letters, their number, the letters of the work and theirs: 김, 64, ㅅ and 2 of `김64ㅅ2`."""
    runs = [found for found in AUTHOR_MARK.findall(mark) if any(found)][:2]
    for letters, number in [*runs, ("", ""), ("", "")][:2]:
        yield _letters(letters) + _fraction(number)


def _others(text: str) -> str:
    """A number of another kind: letters, then a whole number, then marks whose numbers are fractions."""
    key, numbers = "", 0
    for run in RUNS.finditer(text):
        if not run[0][0].isdecimal():
            key += "2" + _letters(run[0])
            continue
        is_marks_own = numbers and text[run.start() - 1].isalpha()
        key += "1" + (_fraction(run[0]) if is_marks_own else _whole(run[0]))
        numbers += 1
    return key + "0"


def _mixed(text: str) -> str:
    return "".join("2" + _letters(run) if run[0].isalpha() else "1" + _whole(run) for run in RUNS.findall(text)) + "0"


def _number_or_word(text: str) -> str:
    """Nothing, then numbers, then words."""
    return "0" if not text else f"1{_whole(text)}" if text.isdecimal() else f"2{_letters(text)}"


def _whole(digits: str) -> str:
    """A whole number, the shorter before the longer."""
    digits = "".join(str(int(digit)) for digit in digits).lstrip("0")[:99]
    return f"{len(digits):02d}{digits}"


def _fraction(digits: str) -> str:
    """The digits of a fraction, each with the one after it, so that the end of it is the least."""
    return "".join(f"{int(digit) + 1:x}" for digit in digits) + "0"


def _letters(text: str) -> str:
    return "".join(f"{_code(letter):0{CODES}x}" for letter in text.casefold()) + END


def _code(letter: str) -> int:
    """Hangul by initial consonant, where the consonant alone is the first of its syllables; then all others."""
    if "가" <= letter <= "힣":
        initial, rest = divmod(ord(letter) - ord("가"), BEHIND_AN_INITIAL)
        return FIRST_HANGUL + initial * (BEHIND_AN_INITIAL + 1) + 1 + rest
    if letter in INITIALS:
        return FIRST_HANGUL + INITIALS.index(letter) * (BEHIND_AN_INITIAL + 1)
    return min(FIRST_OTHER + ord(letter), LAST_CODE)

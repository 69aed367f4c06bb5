"""Pure decisions about records and barcodes."""

import re
import unicodedata

from kernel.values import barcodes, dates

LONGEST_BARCODE = barcodes.LONGEST_BARCODE
LONGEST_KEY = 100
FIRST_MARK = "\u0300"
VOICING = "\u3099\u309a"  # marks that make another kana, not an accent
OWN_SYSTEM = "LIBRARY"
"""What a library with this software writes into 003. It names no one library, so numbers count within their file."""
NATIONAL_NUMBER = re.compile(r"K[A-Z]{2}\d{6,}")
"""Of the National Library of Korea: KMO, a year and five digits. Who takes its record moves 001 to 012: such a book is
found by it too."""
WORD = re.compile(r"[^\W_]+")
SIGNED_WORD = re.compile(r"[^\W_]+[+#]*")
"""A word with the signs that make another name of it: C++, C#."""
FIRST_YEAR, LAST_YEAR = dates.FIRST_YEAR, dates.LAST_YEAR
"""A year of publication outside is a slip, or another calendar's."""


def ends_with_volume(title: str, volume: str) -> bool:
    """Whether a title has its volume at its end already: `긴 강. 1`, `토지 제4권`, `Saga, Vol. 2`, `토지 (상)`."""
    if volume not in title[1:]:
        return False
    apart = r"(?<![\d.,~-])" if volume[:1].isdecimal() else r"(?<![^\W_])"
    return re.search(rf"{apart}{re.escape(volume)}[권집]?[)\].\s]*$", title) is not None


def normalised_language(text: str) -> str:
    """The shortest tag of a language (BCP 47): `ko` for `kor`, `en-US` for `en_us`. Raises `ValueError`."""
    import langcodes  # noqa: PLC0415  (large, and seldom needed: decision 36)
    from langcodes.tag_parser import LanguageTagError  # noqa: PLC0415

    try:
        return langcodes.standardize_tag(text)
    except LanguageTagError as error:
        raise ValueError(f"{text!r} is not a language tag, such as ko or en") from error


def barcode_for(book_id: int, number: int) -> str:
    """The barcode that the library prints on a book's copy of that number."""
    return f"B{book_id:07d}-{number:04d}"


def title_key(title: str) -> str:
    """The title as titles are compared: without case, diacritics, compatibility forms and punctuation, its words parted
    by one space, its first `LONGEST_KEY` letters. Empty for a title of signs alone."""
    return " ".join(WORD.findall(_letters(title)))[:LONGEST_KEY]


def whole_title(title: str) -> str:
    """All of the title, as titles are compared, without blanks: also what a key has no room for, and the signs of C++
    and C#. Of a title of signs alone, these."""
    letters = _letters(title)
    return "".join(SIGNED_WORD.findall(letters)) or "".join(letters.split())


def _letters(title: str) -> str:
    return title.lower() if title.isascii() else _plain(title)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(
        [letter for letter in letters if letter < FIRST_MARK or letter in VOICING or not unicodedata.combining(letter)]
    )
    return unicodedata.normalize("NFKC", kept)

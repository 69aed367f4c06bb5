"""Text as it is compared: without case, diacritics, compatibility forms and signs."""

import re
import unicodedata
from typing import Literal

LONGEST_ORDER_KEY = 60
BETWEEN = re.compile(r"[\W_]+")
UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
PLAIN_ALREADY = re.compile(r"[\x00-\x7f가-힣ㄱ-ㆎ一-鿿ぁ-ゖァ-ヺー·]*")
JAMO = re.compile("([ㄱ-ㆎ])")
FIRST_MARK = "\u02b0"
VOICING = "\u3099\u309a"  # marks that make another kana, not an accent


def plain(text: str) -> str:
    """The text without case, diacritics and compatibility forms (Unicode NFKC), Hangul composed.

    Single consonants as a keyboard gives them (ㅎㄴㄱ) stay what they are: NFKC would make other letters of them.
    """
    if text.isascii() or PLAIN_ALREADY.fullmatch(text):
        return text.lower()
    letters = _normalized("NFKD", text).casefold()
    kept = "".join([letter for letter in letters if letter < FIRST_MARK or not _is_mark(letter)])
    return _normalized("NFKC", unicodedata.normalize("NFC", kept)).translate(UNDECOMPOSED)


def order_key(title: str) -> str:
    """What a plain title is sorted by: its letters and digits."""
    return BETWEEN.sub(" ", title).strip()[:LONGEST_ORDER_KEY]


def joined(text: str) -> str:
    """The letters and digits of a plain text, without what stands between them."""
    return text if text.isalnum() else BETWEEN.sub("", text)


def _normalized(form: Literal["NFKC", "NFKD"], text: str) -> str:
    if not JAMO.search(text):
        return unicodedata.normalize(form, text)
    return "".join(part if JAMO.match(part) else unicodedata.normalize(form, part) for part in JAMO.split(text))


def _is_mark(letter: str) -> bool:
    if letter in VOICING:
        return False
    # The modifier letters are signs of romanisation, such as the ayn of ʻAlī.
    return unicodedata.category(letter) == "Mn" or "\u02b0" <= letter <= "\u02ff"

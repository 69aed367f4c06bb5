"""Text as it is compared: without case, diacritics, compatibility forms and signs."""

import re
import unicodedata

HEADING_LENGTH = 100
WORD = re.compile(r"[^\W_]+")
UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
PLAIN_ALREADY = re.compile(r"[\x00-\x7f가-힣ㄱ-ㆎ一-鿿ぁ-ゖァ-ヺー·]*")
VOICING = "\u3099\u309a"  # marks that make another kana, not an accent


def plain(text: str) -> str:
    """The text without case, diacritics and compatibility forms (Unicode NFKC), Hangul composed.

    Single consonants as a keyboard gives them (ㅎㄴㄱ) stay what they are: NFKC would make other letters of them.
    """
    if PLAIN_ALREADY.fullmatch(text):
        return text.lower()
    letters = "".join(letter if _is_jamo(letter) else unicodedata.normalize("NFKD", letter) for letter in text)
    kept = "".join(letter for letter in letters.casefold() if not _is_mark(letter))
    composed = unicodedata.normalize("NFC", kept)
    folded = "".join(one if _is_jamo(one) else unicodedata.normalize("NFKC", one) for one in composed)
    return folded.translate(UNDECOMPOSED)


def heading(title: str) -> str:
    """How a title begins, as titles are compared."""
    return " ".join(WORD.findall(plain(title)))[:HEADING_LENGTH]


def joined(text: str) -> str:
    """The letters and digits of a plain text, without what stands between them."""
    return "".join(WORD.findall(text))


def _is_jamo(letter: str) -> bool:
    return "ㄱ" <= letter <= "ㆎ"


def _is_mark(letter: str) -> bool:
    if letter in VOICING:
        return False
    # The modifier letters are signs of romanisation, such as the ayn of ʻAlī.
    return unicodedata.category(letter) == "Mn" or "\u02b0" <= letter <= "\u02ff"

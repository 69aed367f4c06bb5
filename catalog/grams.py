"""How text is cut into the pieces that the search index holds, and a question into the pieces it asks for.

Hangul, Han and Kana are cut into two-grams, since their words are found by parts that no space sets apart:
`장미꽃` becomes `장미 미꽃 장 미 꽃`. Other scripts keep their words whole, since two-grams of an alphabet are in
half of all titles, with the beginnings of the words beside them: `Gatsby` becomes `gat gats gatsb gatsby`. Each
piece carries the letter of its field, so that one index serves every field: `t장미`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

TITLE, AUTHOR, SUBJECT, ISBN, LANGUAGE = "t", "a", "s", "i", "l"
ANYWHERE = (TITLE, AUTHOR, SUBJECT, ISBN)

HEADING_LENGTH = 100
LONGEST_WORD = 40
LONGEST_TEXT = 5_000
LONGEST_QUESTION = 200
MOST_WORDS = 10
STARTS = range(3, 11)
"""The lengths of the beginnings that the index holds: looking one up costs a tenth of gathering all words that begin
so. Few words share a longer beginning."""

SYLLABIC = "ᄀ-ᇿ々-〇぀-ヿ㄰-㆏㐀-鿿가-힣豈-﫿𠀀-𿿽"
WORD = re.compile(r"[^\W_]+")
PIECE = re.compile(rf"(?P<syllabic>[{SYLLABIC}]+)|(?:(?![{SYLLABIC}])[^\W_])+")
UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
VOICING = "\u3099\u309a"  # marks that make another kana, not an accent


@dataclass(frozen=True)
class Term:
    """What one piece of a question asks for: these grams side by side, the last one perhaps only the start of one."""

    grams: tuple[str, ...]
    prefix: bool = False


def plain(text: str) -> str:
    """The text without case, diacritics and compatibility forms (Unicode NFKC), Hangul composed."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(letter for letter in letters if not _is_mark(letter))
    return unicodedata.normalize("NFKC", kept).translate(UNDECOMPOSED)


def heading(title: str) -> str:
    """How a title begins, as titles are compared."""
    return " ".join(WORD.findall(plain(title)))[:HEADING_LENGTH]


def grams(field: str, text: str) -> Iterator[str]:
    """The pieces of a field's text, in their order."""
    for piece in PIECE.finditer(plain(text[:LONGEST_TEXT])):
        for gram in _syllables(piece[0]) if piece["syllabic"] else _word(piece[0]):
            yield field + gram


def terms(question: str) -> list[Term]:
    """What a question asks for, all of it; nothing for one without a letter or a digit. A long one is cut."""
    pieces = PIECE.finditer(plain(question[:LONGEST_QUESTION]))
    found = dict.fromkeys(_syllabic_term(piece[0]) if piece["syllabic"] else _word_term(piece[0]) for piece in pieces)
    return list(found)[:MOST_WORDS]


def _is_mark(letter: str) -> bool:
    if letter in VOICING:
        return False
    # The modifier letters are signs of romanisation, such as the ayn of ʻAlī.
    return unicodedata.category(letter) == "Mn" or "\u02b0" <= letter <= "\u02ff"


def _syllables(word: str) -> list[str]:
    # The single syllables also part a word from the next one: a two-gram is never beside one of another word.
    return [*map("".join, pairwise(word)), *dict.fromkeys(word)]


def _syllabic_term(word: str) -> Term:
    return Term(tuple(map("".join, pairwise(word))) or (word,))


def _word(word: str) -> list[str]:
    return list(dict.fromkeys([*(word[:length] for length in STARTS), word[:LONGEST_WORD]]))


def _word_term(word: str) -> Term:
    return Term((word[:LONGEST_WORD],), prefix=len(word) >= STARTS.stop)

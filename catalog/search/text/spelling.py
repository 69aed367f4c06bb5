"""Mistyped words put right by the words of a book: Latin ones by one letter, Hangul by one key.

A slip is a letter or a key too many, missing, wrong, or two in each other's place.
"""

from collections.abc import Iterable

from catalog.search.text.cutting import Text, cut
from catalog.search.text.words import HANGUL, chunks, keys, pieces

MAY_SLIP = 4
"""The letters of a word in which one slip is forgiven."""


def corrected(question: str, texts: Iterable[str]) -> str:
    """The question with the words that are in none of the texts replaced by theirs, where one slip makes the other."""
    spelled = [one for text in texts for one in cut(text).spelled]
    words = dict.fromkeys(piece.text for one in spelled for chunk in one for piece in pieces(chunk))
    typed = question.split()
    found = [(chunk, _put_right(chunk, list(words), spelled)) for chunk in chunks(question)]
    if len(typed) != len(found):
        typed = [chunk for chunk, _right in found]
    return " ".join(
        as_typed if right == chunk else right for as_typed, (chunk, right) in zip(typed, found, strict=True)
    )


def may_slip(word: str) -> bool:
    """Whether a word is long enough to have a slip. A number has none: another one is another number."""
    return len(word) >= MAY_SLIP and not word.isdecimal()


def is_one_slip(first: str, second: str) -> bool:
    """Whether one slip makes the one of the other."""
    same = next((place for place, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), None)
    if same is None:
        return abs(len(first) - len(second)) == 1
    a, b = first[same:], second[same:]
    return a[1:] in (b[1:], b) or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _put_right(chunk: str, words: list[str], spelled: Iterable[Text]) -> str:
    for piece in pieces(chunk):
        if not may_slip(piece.text):
            continue
        if HANGUL.fullmatch(piece.text):
            if not any(piece.text in "".join(one) for one in spelled):
                chunk = chunk.replace(piece.text, _hangul(piece.text, words))
        elif piece.kind == "word" and not any(word.startswith(piece.text) for word in words):
            chunk = chunk.replace(
                piece.text, next((word for word in words if is_one_slip(piece.text, word)), piece.text)
            )
    return chunk


def _hangul(typed: str, words: Iterable[str]) -> str:
    """The beginning of a word that was meant."""
    lengths = (len(typed), len(typed) + 1, len(typed) - 1)
    starts = (word[:length] for word in words if HANGUL.fullmatch(word) for length in lengths if length <= len(word))
    return next((start for start in starts if is_one_slip(keys(typed), keys(start))), typed)

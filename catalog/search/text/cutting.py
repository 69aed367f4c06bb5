"""A text cut into all the tokens that the index holds of it.

Parts of texts are shared by many books (words, but also whole names and subjects), so what was cut is remembered; what
hardly two books share, such as titles and numbers, is not, as it would only drive out the rest.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from catalog.search.text.words import (
    FEWEST_LETTERS,
    HANGUL,
    LONGEST_WORD,
    SIGNED,
    SIGNS_AROUND,
    STARTS,
    chunks,
    grams,
    initials,
    joined_words,
    keys,
    pieces,
    runs_of_syllables,
    spaced_words,
    spellings,
    three_grams,
)

ARTICLES = {"the", "a", "an"}
OPENING = "^"
"""Before the token that a title begins with."""
OF_AUTHORS = "a:"
"""Before beginnings of authors' names."""
REMEMBERED_PARTS, REMEMBERED_TEXTS = 20_000, 10_000
Text = tuple[str, ...]
"""A text as `words.chunks` parts it."""


class Part(NamedTuple):
    """The tokens of what stands between two spaces, each list parted by blanks."""

    tokens: str
    """Words, and of syllables one, two and three together."""
    starts: str = ""
    """Words and their beginnings."""
    slips: str = ""
    """Words that are long enough to be misspelt: no numbers."""
    keys: str = ""
    """Runs of Hangul that are long enough for it, by their keys."""
    words: tuple[str, ...] = ()
    has_letter_alone: bool = False
    has_syllables: bool = False


class Cut(NamedTuple):
    """The tokens of a text in all its spellings, each list parted by blanks."""

    spelled: list[Text]
    tokens: str
    starts: str
    slips: str = ""
    keys: str = ""
    joined: str = ""
    """Of words of syllables that only spaces and signs part."""
    initials: str = ""


def cut(text: str) -> Cut:
    """The tokens of a text."""
    spelled = [chunks(spelling) for spelling in spellings(text)]
    parts = [_bare_part(chunk) for one in spelled for chunk in one]
    alone = any(part.has_letter_alone for part in parts)
    spaced = [word for one in spelled for word in spaced_words(_words_of(one))] if alone else []
    tokens = " ".join([part.tokens for part in parts] + spaced)
    starts = " ".join([part.starts for part in parts if part.starts] + spaced)
    slips = " ".join([part.slips for part in parts if part.slips])
    if not any(part.has_syllables for part in parts):
        return Cut(spelled, tokens, starts, slips)
    typed = " ".join([part.keys for part in parts if part.keys])
    return Cut(spelled, tokens, starts, slips, typed, " ".join(_joined(spelled)), " ".join(_initials(spelled)))


shared_cut = lru_cache(REMEMBERED_TEXTS)(cut)
"""The same of a text that many books have."""


def number_cut(number: str) -> Cut:
    """The tokens of a number or of an ISBN."""
    return Cut([(number,)], number, _beginnings(number)) if number.isascii() and number.isdecimal() else cut(number)


@lru_cache(REMEMBERED_TEXTS)
def starts_of_name(name: str) -> str:
    """The beginnings of an author's names, each behind the mark."""
    return " ".join(OF_AUTHORS + start for start in shared_cut(name).starts.split())


@lru_cache(REMEMBERED_PARTS)
def part_of(chunk: str) -> Part:
    """The tokens of a part of a plain text."""
    if chunk.isascii() and chunk.isalnum():
        slips = chunk if len(chunk) >= FEWEST_LETTERS and not chunk.isdecimal() else ""
        return Part(chunk[:LONGEST_WORD], _beginnings(chunk), slips, "", (chunk,), len(chunk) == 1)
    found, whole = pieces(chunk), joined_words(chunk)
    words = [piece.text for piece in found if piece.kind == "word"]
    tokens = dict.fromkeys([token for piece in found for token in _of_piece(piece.text, piece.kind)])
    return Part(
        tokens=" ".join(dict.fromkeys([*tokens, *whole, *SIGNED.findall(chunk)])),
        starts=" ".join(map(_beginnings, [*words, *whole])),
        slips=" ".join(word for word in (*words, *whole) if len(word) >= FEWEST_LETTERS and not word.isdecimal()),
        keys=" ".join(keys(word) for word in HANGUL.findall(chunk) if len(word) >= FEWEST_LETTERS),
        words=tuple(words),
        has_letter_alone=any(len(word) == 1 for word in words),
        has_syllables=any(piece.kind == "syllabic" for piece in found),
    )


def openings(spelled: list[Text]) -> Iterator[str]:
    """What a title begins with, and what it begins with behind an article."""
    for text in spelled:
        for chunk in text[: 2 if text and text[0] in ARTICLES else 1]:
            yield from _openings_of(chunk)


def _bare_part(chunk: str) -> Part:
    """A word is the same with a comma behind it and without, so it is cut once only."""
    return part_of(chunk.strip(SIGNS_AROUND))


def _words_of(spelled: Text) -> list[str]:
    return [word for chunk in spelled for word in _bare_part(chunk).words]


def _beginnings(word: str) -> str:
    starts = [word[:length] for length in range(STARTS.start, min(STARTS.stop, len(word)))]
    starts.append(word[:LONGEST_WORD])
    return " ".join(starts)


@lru_cache(REMEMBERED_TEXTS)
def _openings_of(chunk: str) -> list[str]:
    first = [token for piece in pieces(chunk)[:1] for token in _first_tokens(piece.text, piece.kind)]
    return [OPENING + token for token in (*first, *joined_words(chunk))]


def _of_piece(text: str, kind: str) -> tuple[str, ...]:
    return (text[:LONGEST_WORD],) if kind == "word" else (*text, *grams(text), *three_grams(text))


def _first_tokens(text: str, kind: str) -> tuple[str, ...]:
    return (text,) if kind == "word" else tuple(dict.fromkeys([text[:1], grams(text)[0]]))


def _joined(spelled: list[Text]) -> Iterator[str]:
    for text in spelled:
        for run in runs_of_syllables(text):
            yield from three_grams(run)


def _initials(spelled: list[Text]) -> Iterator[str]:
    for text in spelled:
        for number, run in enumerate(runs_of_syllables(text)):
            if found := initials(run):
                yield from ((OPENING + grams(found)[0],) if number == 0 else ())
                yield from (*found, *grams(found), *three_grams(found))

"""How text is cut into the tokens that the search index holds.

Hangul, Han and Kana are cut into single letters, two-grams and three-grams, since their words are found by parts
that no space sets apart: `장미꽃` becomes `장 미 꽃 장미 미꽃 장미꽃`. A longer word is looked for by its three-grams,
all of which a book must have: hardly any book has them apart, and phrases would cost ten times as much. Other scripts
keep their words whole, since two-grams of an alphabet are in half of all titles.

A sign does not always part words: `e-mail` becomes `e mail email`, `5·18` becomes `5 18 518`, and `C++` `c c++`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from typing import NamedTuple

from catalog.search.text.folding import plain
from catalog.search.text.readings import HAN, MOST_READINGS, readings

LONGEST_WORD = 40
LONGEST_TEXT = 5_000
FEWEST_LETTERS = 3
"""Of a word that may be what another one of four letters was meant to be."""
STARTS = range(3, 9)
"""The lengths of the beginnings of words that the index holds: looking one up costs a tenth of gathering all words
that begin so. Few words begin with more letters, so those are gathered."""
REMEMBERED = 10_000
"""So many words are cut once only: titles share most of theirs."""

SYLLABIC = "ᄀ-ᇿ々-〇ぁ-ゖァ-ヺー\u3099\u309a㐀-䶿一-鿿가-힣\uf900-\ufaff𠀀-\U0003fffd"
PIECE = re.compile(rf"(?P<initials>[ㄱ-ㆎ]+)|(?P<syllabic>[{SYLLABIC}]+)|(?:(?![{SYLLABIC}ㄱ-ㆎ])[^\W_])+")
SIGNED = re.compile(r"(?<![^\W_])[a-z]{1,3}(?:\+{1,2}|#)(?![^\W_])")
"""Names that end with a sign: C++, C#."""
SIGNS_AROUND = ".,:;/()[]{}<>\"'!?=-_"
"""Signs at the ends of a word that are no part of it: not those of `SIGNED`."""
WORDS_OF_ONE_LETTER = {"a", "i", "o"}
WITHIN_WORD = re.compile(r"(?<=\w)\([^)]*\)(?=\w)")
HANGUL = re.compile("[가-힣]+")
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
FIRST_SYLLABLE, SYLLABLES_PER_INITIAL = 0xAC00, 588
INITIAL_KEYS = "r R s e E f a q Q t T d w W c z x v g"
VOWEL_KEYS = "k o i O j p u P h hk ho hl y n nj np nl b m ml l"
FINAL_KEYS = "r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g"
KEYS = (INITIAL_KEYS.split(), VOWEL_KEYS.split(), ["", *FINAL_KEYS.split()])
"""The keys of the two-set keyboard for the initials, vowels and finals, in Unicode's order."""


class Piece(NamedTuple):
    """A run of letters of one kind."""

    text: str
    kind: str
    """`initials`, `syllabic` or `word`."""


def spellings(text: str) -> list[str]:
    """The text, without what stands in brackets within a word, and with the Korean readings of Hanja in their place."""
    if text.isascii() and "(" not in text:
        return [text]
    whole = [text, *([WITHIN_WORD.sub("", text)] if WITHIN_WORD.search(text) else ())]
    if not HAN.search(text):
        return whole
    read = {word: readings(word) for word in HAN.findall(text)}
    most = max(map(len, read.values()))

    def spelled(number: int) -> str:
        return HAN.sub(lambda word: (read[word[0]] or [word[0]])[min(number, len(read[word[0]]) - 1)], text)

    return list(dict.fromkeys([*whole, *map(spelled, range(min(most, MOST_READINGS)))]))


def chunks(text: str) -> tuple[str, ...]:
    """The parts of a text, made plain, between its spaces."""
    found = plain(text[:LONGEST_TEXT]).split()
    return tuple("and" if chunk == "&" else chunk for chunk in found) if "&" in found else tuple(found)


def pieces(chunk: str) -> tuple[Piece, ...]:
    """The runs of letters of one kind in a part of a plain text."""
    bare = chunk.strip(SIGNS_AROUND)
    return (Piece(bare, "word"),) if bare.isascii() and bare.isalnum() else _pieces_of(bare)


@lru_cache(REMEMBERED)
def _pieces_of(chunk: str) -> tuple[Piece, ...]:
    return tuple(Piece(found[0], found.lastgroup or "word") for found in PIECE.finditer(chunk))


def joined_words(chunk: str) -> list[str]:
    """Words that only signs part, as one: `email` for `e-mail`."""
    runs = (list(run) for kind, run in groupby(pieces(chunk), lambda piece: piece.kind) if kind == "word")
    return ["".join(piece.text for piece in run)[:LONGEST_WORD] for run in runs if len(run) > 1]


def spaced_words(words: Sequence[str]) -> list[str]:
    """What single letters make together, and with the word behind them: `jk` for `J. K.`, `xray` for `x ray`."""
    runs = ("".join(run) for alone, run in groupby(words, lambda word: len(word) == 1) if alone)
    behind = (a + b for a, b in pairwise(words) if len(a) == 1 < len(b) and a not in WORDS_OF_ONE_LETTER)
    return [*(run for run in runs if len(run) > 1), *behind]


def grams(word: str) -> tuple[str, ...]:
    """The two-grams of a word of syllables; the syllable where it has but one."""
    return tuple(map("".join, pairwise(word))) or (word,)


def three_grams(word: str) -> tuple[str, ...]:
    """The three-grams of a word of three syllables or more."""
    return tuple(word[place : place + 3] for place in range(len(word) - 2))


def asked_grams(word: str) -> tuple[str, ...]:
    """Those by which a word is looked for: the longest, since few books share them."""
    return three_grams(word) or grams(word)


def runs_of_syllables(parts: Iterable[str]) -> Iterator[str]:
    """Words of syllables that only spaces and signs part, as one: `운수좋은날`."""
    every = (piece for chunk in parts for piece in pieces(chunk))
    for kind, run in groupby(every, lambda piece: piece.kind):
        if kind == "syllabic":
            yield "".join(piece.text for piece in run)


def initials(word: str) -> str:
    """The initial consonants of the Hangul in a word: `ㅎㄴㄱ` for `한나교`."""
    hangul = "".join(HANGUL.findall(word))
    return "".join(INITIALS[(ord(letter) - FIRST_SYLLABLE) // SYLLABLES_PER_INITIAL] for letter in hangul)


def keys(word: str) -> str:
    """The keys by which a word of Hangul is typed: a slip of one of them is one letter here."""
    return "".join(_keys(ord(letter) - FIRST_SYLLABLE) for letter in word)


def _keys(number: int) -> str:
    first, rest = divmod(number, SYLLABLES_PER_INITIAL)
    vowel, final = divmod(rest, len(KEYS[2]))
    return KEYS[0][first] + KEYS[1][vowel] + KEYS[2][final]

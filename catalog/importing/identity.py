"""Whether a record and a book are about one and the same: never by a number alone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from catalog.rules import title_key, whole_title

FIRST_WORDS = 4
NUMBER = re.compile(r"\d+")
PART = re.compile(r"제?\d+[권부집편]?|[ivx]+|상|중|하|[상중하]권")
"""What behind the same words makes another part of a work."""


class Verdict(Enum):
    """What a record with the number, the ISBN or a barcode of a book is to it."""

    SAME = "same"
    ANOTHER = "another"
    UNSURE = "unsure"


def compared(record: Mapping[str, Any], book: Mapping[str, Any], *, one_source: bool = False) -> Verdict:
    """Whether they are one book, where something else says so already: both as columns of `Book`.

    The volume must be the same where both have one, and title or author must agree. Two records of one source
    (`one_source`) with one ISBN are two books unless they have one title: a volume may bear the number of its set.
    """
    if volumes_differ(record.get("volume", ""), book.get("volume", "")):
        return Verdict.ANOTHER
    if one_source:
        alike = whole_title(record["title"]) == whole_title(book["title"])
        return Verdict.SAME if alike else Verdict.ANOTHER
    if titles_agree(_titles(record), _titles(book)):
        return Verdict.SAME
    return Verdict.SAME if authors_agree(_authors(record), _authors(book)) else Verdict.UNSURE


def is_likely(record: Mapping[str, Any], book: Mapping[str, Any]) -> bool:
    """Whether a record is about a book though no number says so: all that both tell must agree, and the title whole."""
    if title_key(record["title"]) != title_key(book["title"]) or not _is_one_title(record, book):
        return False
    if any(record.get(name) and book.get(name) and record[name] != book[name] for name in ("isbn", "published_year")):
        return False
    if volumes_differ(record.get("volume", ""), book.get("volume", "")) or bool(record.get("volume")) != bool(
        book.get("volume")
    ):
        return False
    publishers = [title_key(side.get("publisher") or "") for side in (record, book)]
    if all(publishers) and publishers[0] != publishers[1]:
        return False
    ours, theirs = _authors(record), _authors(book)
    return authors_agree(ours, theirs) if ours or theirs else True


def titles_agree(ones: Iterable[str], others: Iterable[str]) -> bool:
    """Whether any of the titles begin alike: without case and punctuation, in their first words, spaces or not."""
    keys = [title_key(title) for title in others]
    return any(_begin_alike(title_key(title), key) for title in ones for key in keys)


def authors_agree(ones: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a person is among both: by all words of the shorter form of the name, in any order."""
    theirs = [_words(name) for name in others]
    ours = [_words(name) for name in ones]
    return any(one and other and (one <= other or other <= one) for one in ours for other in theirs)


def volumes_differ(one: str, other: str) -> bool:
    """Whether both have a volume and not the same: `제2권` and `v.2` are the same."""
    return bool(one and other) and _volume(one) != _volume(other)


def _is_one_title(record: Mapping[str, Any], book: Mapping[str, Any]) -> bool:
    """Whether what a key leaves out agrees too: titles of one beginning, C++ and C#, and signs alone have one key."""
    return bool(record["title"] == book["title"] or whole_title(record["title"]) == whole_title(book["title"]))


def _begin_alike(one: str, other: str) -> bool:
    if not one or not other:
        return False
    if one.replace(" ", "") == other.replace(" ", ""):
        return True
    first, second = one.split(), other.split()
    length = min(len(first), len(second), FIRST_WORDS)
    behind = [words[length] for words in (first, second) if len(words) > length]
    return first[:length] == second[:length] and not any(PART.fullmatch(word) for word in behind)


def _words(name: str) -> frozenset[str]:
    return frozenset(title_key(name).split())


def _volume(text: str) -> str:
    numbers = NUMBER.findall(text)
    return " ".join(str(int(number)) for number in numbers) if numbers else title_key(text)


def _titles(side: Mapping[str, Any]) -> list[str]:
    return [side["title"], *side.get("other_titles", ())]


def _authors(side: Mapping[str, Any]) -> list[str]:
    return [*side.get("authors", ())]

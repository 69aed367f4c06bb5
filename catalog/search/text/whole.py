"""Titles, names and numbers as they are compared whole: without spaces and signs."""

import contextlib
import re
from collections.abc import Iterator
from functools import lru_cache

from catalog.search.text.folding import joined, plain
from kernel.values.isbns import read_isbn

BEFORE_SUBTITLE = re.compile(r"[^(\[:;/=]*")
ARTICLE = re.compile(r"(?:the|an?)\s+")
NAME_IN_TURN = re.compile(r"([^,]+),\s*([^,]+)")
CLASS = re.compile(r"[^\d]{0,4}(\d)\d\d(?!\d)")
FEWEST_DIGITS = 10
REMEMBERED = 10_000


def title_keys(text: str) -> Iterator[str]:
    """A plain title as it is compared whole: with and without what stands behind it, and its article."""
    for part in dict.fromkeys([text, text[: _end_of_title(text)].rstrip(), text.partition(":")[0]]):
        yield joined(part)
        if article := ARTICLE.match(part):
            yield joined(part[article.end() :])


def author_keys(text: str) -> Iterator[str]:
    """A plain name as it is compared whole, either way round."""
    yield joined(text)
    if turned := NAME_IN_TURN.fullmatch(text):
        yield joined(turned[2] + turned[1])


@lru_cache(REMEMBERED)
def number_keys(number: str) -> tuple[str, ...]:
    """A number as it is compared whole: the ISBN of thirteen digits for one of ten, the class of a call number."""
    found = [joined(plain(part)) for part in dict.fromkeys([number, *number.split()[:1]])]
    with contextlib.suppress(ValueError):
        found += [read_isbn(number).digits] if len(number) >= FEWEST_DIGITS else []
    return tuple(key for key in found if key)


def language_tags(language: str) -> list[str]:
    """The tags that hold a language: `en` holds `en-GB`."""
    return list(dict.fromkeys(tag for tag in (language.partition("-")[0], language) if tag))


def class_of(number: str) -> str:
    """The main class of a number of the decimal classification: `8` of `청 813.7-느64`; empty where it has none."""
    found = CLASS.match(number)
    return found[1] if found else ""


def _end_of_title(text: str) -> int:
    found = BEFORE_SUBTITLE.match(text)
    return found.end() if found else 0

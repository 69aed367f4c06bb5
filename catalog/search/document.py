"""What the index holds of a book."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import tantivy

from catalog.models import Book
from catalog.search.rank import newest_year, rank_of
from catalog.search.text.folding import heading, joined, plain
from catalog.search.text.words import (
    chunks,
    grams,
    initials,
    joined_words,
    misspelt_words,
    pieces,
    runs_of_syllables,
    spaced_words,
    spellings,
    starts,
    three_grams,
    tokens,
    typed_words,
)
from kernel.values.isbns import read_isbn

LONGEST_KEY = 200
OPENING = "^"
"""Before the token that a title begins with."""
OF_AUTHORS, OF_BOOK = "a:", "="
"""Before beginnings of authors' names, and before the ISBN under which the book is listed."""
MOST_NAMES = 20
"""So many authors and subjects of a book are counted."""
SUBTITLE = re.compile(r"\s*[(\[:;/=].*")
ASIDE = re.compile(r"\([^)]*\)|\[[^]]*\]")
ARTICLE = re.compile(r"(?:the|an?)\s+")
NAME_IN_TURN = re.compile(r"([^,]+),\s*([^,]+)")
CLASS = re.compile(r"[^\d]{0,4}(\d)\d\d(?!\d)")


Text = tuple[str, ...]
"""A text as `words.chunks` parts it."""


@dataclass(frozen=True)
class Facts:
    """What is said of a book that is to be found, shown or not."""

    titles: list[str]
    authors: list[str]
    subjects: list[str]
    others: list[str]
    """Publisher, series, statements of responsibility: whatever else has words that people look for."""
    numbers: list[str]
    """ISBNs, also those that were cancelled, and call numbers."""
    classes: list[str]
    """Where a class may stand, the best first."""
    language: str
    loans: int


def facts_of(book: Book, loans: int) -> Facts:
    """Everything of a book that a search may ask for; a new field of a book is added here, and nowhere else."""
    return Facts(
        titles=[book.title, *book.other_titles],
        authors=book.authors,
        subjects=book.subjects,
        others=[book.publisher, book.series, book.volume, *book.access_points],
        numbers=[book.isbn or "", *book.other_isbns, book.call_number, book.class_number],
        classes=[book.class_number, book.call_number],
        language=book.language,
        loans=loans + book.loans_before,
    )


def document_of(book: Book, *, loans: int, copies: int, available: int) -> tantivy.Document:
    """The book as the index holds it: how often it was lent, how many copies it has, and how many can be lent now."""
    facts = facts_of(book, loans)
    title, author = _spelled(facts.titles), _spelled(facts.authors)
    other, number = _spelled([*facts.subjects, *facts.others]), _spelled(facts.numbers)
    everything = list(chain(title, author, other, number))
    document = tantivy.Document()
    document.add_unsigned("id", book.pk)
    document.add_unsigned("rank", rank_of(book.pk, facts.loans, len(ASIDE.sub("", book.title).split())))
    parts = list(chain(*everything))
    spaced = list(chain(*map(spaced_words, everything)))
    texts = {
        "title": [*_openings(title), *map(tokens, chain(*title)), *chain(*map(spaced_words, title))],
        "author": [*map(tokens, chain(*author)), *chain(*map(spaced_words, author))],
        "words": [*map(tokens, parts), *spaced],
        "joined": _joined(everything),
        "initials": _initials(chain(title, author)),
        "starts": [*map(starts, parts), *spaced, *(starts(chunk, OF_AUTHORS) for chunk in chain(*author))],
        "slips": map(misspelt_words, parts),
        "keys": map(typed_words, parts),
    }
    for name, found in texts.items():
        document.add_text(name, " ".join(found))
    for name, values in _exact(facts, title, author).items():
        for value in dict.fromkeys(values):
            document.add_text(name, value)
    if book.published_year is not None:
        document.add_integer("year", book.published_year)
    document.add_unsigned("newest_year", newest_year(book.published_year, book.pk))
    document.add_text("title_order", heading(book.title))
    document.add_text("copies", "yes" if copies else "no")
    document.add_text("available", "yes" if available else "no")
    return document


def title_keys(text: str) -> Iterator[str]:
    """A plain title as it is compared whole: with and without what stands behind it, and its article."""
    for part in dict.fromkeys([text, SUBTITLE.sub("", text), text.partition(":")[0]]):
        yield joined(part)
        if article := ARTICLE.match(part):
            yield joined(part[article.end() :])


def author_keys(text: str) -> Iterator[str]:
    """A plain name as it is compared whole, either way round."""
    yield joined(text)
    if turned := NAME_IN_TURN.fullmatch(text):
        yield joined(turned[2] + turned[1])


def number_keys(number: str) -> Iterator[str]:
    """A number as it is compared whole: the ISBN of thirteen digits for one of ten, the class of a call number."""
    for part in dict.fromkeys([number, *number.split()[:1]]):
        if key := joined(plain(part)):
            yield key
    try:
        yield read_isbn(number).digits
    except ValueError:
        return


def language_tags(language: str) -> Iterable[str]:
    """The tags that hold a language: `en` holds `en-GB`."""
    return dict.fromkeys(tag for tag in (language.partition("-")[0], language) if tag)


def class_of(number: str) -> str:
    """The main class of a number of the decimal classification: `8` of `청 813.7-느64`; empty where it has none."""
    found = CLASS.match(number)
    return found[1] if found else ""


def _exact(facts: Facts, title: list[Text], author: list[Text]) -> dict[str, Iterable[str]]:
    isbn = facts.numbers[0]
    numbers = [*facts.numbers, *(other for other in facts.others if any(map(str.isdecimal, other)))]
    codes = [code for number in numbers for code in number_keys(number)]
    return {
        "title_key": (key[:LONGEST_KEY] for chunk in title for key in title_keys(" ".join(chunk)) if key),
        "author_key": (key[:LONGEST_KEY] for chunk in author for key in author_keys(" ".join(chunk)) if key),
        "number": codes + [OF_BOOK + isbn] * bool(isbn),
        "language": language_tags(facts.language),
        "author_name": facts.authors[:MOST_NAMES],
        "subject": facts.subjects[:MOST_NAMES],
        "class": [found for number in facts.classes if (found := class_of(number))][:1],
    }


def _spelled(texts: Iterable[str]) -> list[Text]:
    """The parts of the texts in each of their spellings."""
    return [chunks(spelling) for text in texts for spelling in spellings(text)]


def _openings(titles: Iterable[Text]) -> Iterator[str]:
    """What each title begins with, and what it begins with behind an article."""
    for text in titles:
        for start in (text, text[1:] if text and ARTICLE.match(f"{text[0]} ") else ()):
            for piece in pieces(start[0])[:1] if start else ():
                yield from (OPENING + opening for opening in _first_tokens(piece.text, piece.kind))
            yield from (OPENING + word for word in (joined_words(start[0]) if start else ()))


def _first_tokens(text: str, kind: str) -> Iterable[str]:
    return (text,) if kind == "word" else dict.fromkeys([text[:1], grams(text)[0]])


def _joined(texts: Iterable[Text]) -> Iterator[str]:
    for text in texts:
        for run in runs_of_syllables(text) if not "".join(text).isascii() else ():
            yield from three_grams(run)


def _initials(texts: Iterable[Text]) -> Iterator[str]:
    for text in texts:
        for number, run in enumerate(runs_of_syllables(text)):
            if found := initials(run):
                yield from ((OPENING + grams(found)[0],) if number == 0 else ())
                yield from (*found, *grams(found), *three_grams(found))

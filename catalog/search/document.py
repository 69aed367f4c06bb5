"""What the index holds of a book."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import tantivy
from django.db.models import QuerySet

from catalog.models import Book
from catalog.search.rank import band_of, newest_year, rank_of
from catalog.search.schema import SCHEMA
from catalog.search.text.cutting import cut, number_cut, openings, shared_cut, starts_of_name
from catalog.search.text.folding import order_key
from catalog.search.text.whole import author_keys, class_of, language_tags, number_keys, title_keys

LONGEST_KEY = 200
OF_BOOK = "="
"""Before the ISBN under which the book is listed: 0.4.0, which may read this index too, narrows by it."""
MOST_NAMES = 20
"""So many authors and subjects of a book are counted."""
DIGIT = re.compile(r"\d")
ASIDE = re.compile(r"\([^)]*\)|\[[^]]*\]")


class Record(NamedTuple):
    """The columns of a book that the index reads."""

    pk: int
    title: str
    other_titles: list[str]
    authors: list[str]
    subjects: list[str]
    publisher: str
    series: str
    volume: str
    access_points: list[str]
    isbn: str | None
    other_isbns: list[str]
    call_number: str
    class_number: str
    language: str
    published_year: int | None
    loans_before: int


class Figures(NamedTuple):
    """What its copies say of a book: how often they were lent, how many there are, how many can be lent now."""

    loans: int = 0
    copies: int = 0
    available: int = 0


class Facts(NamedTuple):
    """What is said of a book that is to be found, shown or not."""

    titles: list[str]
    authors: list[str]
    subjects: list[str]
    others: list[str]
    """Publisher, series, statements of responsibility: whatever else has words that people look for."""
    numbers: list[str]
    """ISBNs, also those that were cancelled, and call numbers."""


def on_record() -> QuerySet[Book]:
    """The books that are to be found."""
    return Book.objects.filter(withdrawn_at=None)


def records(books: QuerySet[Book]) -> list[Record]:
    """What the index reads of the books."""
    return [Record(*row) for row in books.values_list(*Record._fields)]


def facts_of(book: Record) -> Facts:
    """Everything of a book that a search may ask for; a new field of a book is added here, and nowhere else."""
    others = [book.publisher, book.series, book.volume, *book.access_points]
    numbers = [book.isbn or "", *book.other_isbns, book.call_number, book.class_number]
    titles = [book.title, *book.other_titles]
    return Facts(titles, book.authors, book.subjects, [*filter(None, others)], [*filter(None, numbers)])


def loans_of(book: Record, figures: Figures) -> int:
    """How often it was lent, here and before."""
    return figures.loans + book.loans_before


def document_of(book: Record, figures: Figures) -> tantivy.Document:
    """The book as the index holds it."""
    facts = facts_of(book)
    title, author = [cut(text) for text in facts.titles], [shared_cut(name) for name in facts.authors]
    other = [shared_cut(text) for text in (*facts.subjects, *facts.others)]
    number = [number_cut(text) for text in facts.numbers]
    every, named = [*title, *author, *other, *number], [*title, *author]
    texts = {
        "title": [*(opening for one in title for opening in openings(one.spelled)), *(one.tokens for one in title)],
        "author": [one.tokens for one in author],
        "words": [one.tokens for one in every],
        "joined": [one.joined for one in every if one.joined],
        "initials": [one.initials for one in named if one.initials],
        "starts": [*(one.starts for one in every), *map(starts_of_name, facts.authors)],
        "slips": [one.slips for one in every if one.slips],
        "keys": [one.keys for one in every if one.keys],
    }
    values: dict[str, Any] = {name: " ".join(found) for name, found in texts.items() if found}
    titles, names = ([" ".join(text) for one in cuts for text in one.spelled] for cuts in (title, author))
    values["title_key"] = _each_once(key[:LONGEST_KEY] for text in titles for key in title_keys(text) if key)
    values["author_key"] = _each_once(key[:LONGEST_KEY] for text in names for key in author_keys(text) if key)
    values["title_order"] = order_key(titles[0]) if titles else ""
    return tantivy.Document.from_dict(values | _exact(book, facts) | _numbers(book, figures), SCHEMA)


def _exact(book: Record, facts: Facts) -> dict[str, Any]:
    numbers = [
        *facts.numbers[bool(book.isbn) :],
        *(other for other in facts.others if not other.isalpha() and DIGIT.search(other)),
    ]
    codes = _each_once(code for number in numbers for code in number_keys(number))
    classes = [found for number in (book.class_number, book.call_number) if (found := class_of(number))]
    return {
        "number": [book.isbn, OF_BOOK + book.isbn, *codes] if book.isbn else codes,
        "language": language_tags(book.language),
        "author_name": _each_once(facts.authors[:MOST_NAMES]),
        "subject": _each_once(facts.subjects[:MOST_NAMES]),
        "class": classes[:1],
    }


def _numbers(book: Record, figures: Figures) -> dict[str, Any]:
    rank = rank_of(book.pk, loans_of(book, figures), _words_in(book.title))
    return {
        "id": book.pk,
        "rank": rank,
        "band": band_of(rank),
        "year": book.published_year if book.published_year is not None else [],
        "newest_year": newest_year(book.published_year, book.pk),
        "copies": "yes" if figures.copies else "no",
        "available": "yes" if figures.available else "no",
    }


def _each_once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _words_in(title: str) -> int:
    return len((ASIDE.sub("", title) if "(" in title or "[" in title else title).split())

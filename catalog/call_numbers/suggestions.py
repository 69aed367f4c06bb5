"""What a call number may be made of, as the books on the shelves have it; the librarian decides."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from django.db.models import QuerySet

from catalog.models import Book, Copy
from catalog.search.asking import best_matches, search
from catalog.search.finding import Filters
from catalog.shelf_order import Place, mark_key, place_of

LOOKED_AT, MOST_CLASSES, MOST_ALIKE, MOST_NUMBERS = 100, 5, 20, 99
BEHIND_ALL_KEYS = "g"
"""A key of the shelf has digits and the letters a to f."""
NO_NUMBER, MOST_TAKEN = "0", 1_000
"""What ends the key of an author mark without a number behind it."""


class ClassFound(NamedTuple):
    """A class, and how many of the books that were looked at have it: by the same author, on the same subject, both."""

    class_number: str
    books: int
    both: int
    by_author: int
    on_subject: int


class Alike(NamedTuple):
    """A book of the same call number, and what tells its copies apart: volume and copy number."""

    book: Book
    copies: list[str]


def classes_of(authors: Sequence[str], subjects: Sequence[str]) -> list[ClassFound]:
    """The classes of books by one of the authors or on one of the subjects, the likeliest first: those of books that
    have both, then those that most have."""
    ids = [best_matches(author=author, most=LOOKED_AT) for author in authors[:3]]
    ids += [
        [hit.book for hit in search(filters=Filters(subject=subject)).by.hits(LOOKED_AT)] for subject in subjects[:3]
    ]
    found: dict[str, list[tuple[bool, bool]]] = {}
    for book in Book.objects.filter(pk__in=set(chain.from_iterable(ids)), withdrawn_at=None):
        if number := class_of(book):
            has = bool({*book.authors} & {*authors}), bool({*book.subjects} & {*subjects})
            found.setdefault(number, []).append(has) if any(has) else None
    classes = [_counted(number, each) for number, each in found.items()]
    return sorted(classes, key=lambda one: (-one.both, -one.books, one.class_number))[:MOST_CLASSES]


def class_of(book: Book) -> str:
    """The class of a book, from its call number where the record has none; the call number is what the shelf says."""
    place = place_of(book.call_number)
    return place.class_number if place else book.class_number


def books_alike(call_number: str, but: int | None = None) -> list[Alike]:
    """The books, `but` one, whose call number is the same up to volume, year and copy; a few of them."""
    books = list(_alike(call_number).exclude(pk=but or 0)[:MOST_ALIKE])
    marks: dict[int, dict[str, None]] = {book.pk: {} for book in books}
    for copy in Copy.objects.filter(book__in=books, withdrawn_at=None).order_by("pk"):
        marks[copy.book_id][" ".join(filter(None, [copy.volume, copy.copy_number]))] = None
    return [Alike(book, [mark for mark in marks[book.pk] if mark]) for book in books]


def free_number(call_number: str) -> str:
    """The call number with the least number behind its author mark that no book has: `813.7 김64ㅅ2` behind `김64ㅅ`.
    Empty where it has no author mark, or all are taken."""
    place = place_of(call_number)
    if not place or not place.author_mark or place.author_mark[-1].isdecimal():
        return ""
    taken = list(_beginning_with(mark_key(place)[: -len(NO_NUMBER)]).values_list("shelf_key", flat=True)[:MOST_TAKEN])
    free = (one for one in _numbered(place) if not any(key.startswith(mark_key(one)) for key in taken))
    return next((" ".join(filter(None, [one.mark, one.class_number, one.author_mark])) for one in free), "")


def _numbered(place: Place) -> Iterator[Place]:
    for number in range(2, MOST_NUMBERS):
        yield replace(place, author_mark=f"{place.author_mark}{number}")


def _alike(call_number: str) -> QuerySet[Book]:
    """Without an author mark a call number is no book's own."""
    place = place_of(call_number)
    if not place or not place.author_mark:
        return Book.objects.none()
    return _beginning_with(mark_key(place)).order_by("shelf_key", "pk")


def _beginning_with(key: str) -> QuerySet[Book]:
    return Book.objects.filter(shelf_key__gte=key, shelf_key__lt=key + BEHIND_ALL_KEYS, withdrawn_at=None)


def _counted(number: str, each: Sequence[tuple[bool, bool]]) -> ClassFound:
    both = sum(has == (True, True) for has in each)
    return ClassFound(number, len(each), both, sum(has[0] for has in each), sum(has[1] for has in each))

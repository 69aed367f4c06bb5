"""Books beside a book: its other volumes and editions, its series, and what its author wrote besides."""

from dataclasses import dataclass

from catalog.models import Book
from catalog.queries import books_by_ids, editions_of
from catalog.search.asking import search
from catalog.search.finding import Filters

MOST = 12
LOOKED_AT = 40


@dataclass(frozen=True)
class Related:
    """Books beside a book, none of them twice."""

    editions: list[Book]
    series: list[Book]
    by_author: list[Book]

    def __bool__(self) -> bool:
        return bool(self.editions or self.series or self.by_author)


def related_to(book: Book) -> Related:
    """What stands beside the book. One search and two reads, however many books there are."""
    editions = editions_of(book, MOST)
    shown = {book.pk, *(other.pk for other in editions)}
    others = [other for other in _by_author_of(book) if other.pk not in shown]
    series = [other for other in others if book.series and _series(other) == _series(book)]
    by_author = [other for other in others if other not in series]
    return Related(editions, sorted(series, key=lambda other: other.shelf_key)[:MOST], by_author[:MOST])


def _by_author_of(book: Book) -> list[Book]:
    if not book.authors:
        return []
    return books_by_ids([hit.book for hit in search("", Filters(author_name=book.authors[0])).by.hits(LOOKED_AT)])


def _series(book: Book) -> str:
    """The series without the number in it."""
    return book.series.partition(" ; ")[0].strip().casefold()

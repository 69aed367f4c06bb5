"""Books beside a book: its other volumes and editions, its series, what its author wrote besides, and the shelf."""

from dataclasses import dataclass

from catalog.models import Book
from catalog.search.asking import search
from catalog.search.finding import Filters
from catalog.shelf import ids_around
from catalog.shown import books_beside

MOST = 12
LOOKED_AT = 40
BESIDE = 4
"""So many books are shown on each side of it on the shelf."""


@dataclass(frozen=True)
class Related:
    """Books beside a book. On the shelf the book stands between the others; the lists above it share no book."""

    editions: list[Book]
    series: list[Book]
    by_author: list[Book]
    shelf: list[Book]


def related_to(book: Book) -> Related:
    """What stands beside the book: one search and two statements, however many books there are."""
    around = ids_around(book, BESIDE) if book.shelf_key and not book.withdrawn_at else []
    hits = _hits_of_author(book)
    found = {other.pk: other for other in books_beside(book, [*hits, *around])}
    editions = sorted((other for other in found.values() if _is_edition(other, book)), key=_place)
    others = [found[hit] for hit in hits if hit in found and found[hit] not in editions]
    series = sorted((other for other in others if book.series and _series(other) == _series(book)), key=_place)
    shelf = [one for pk in around if (one := {**found, book.pk: book}.get(pk))]
    by_author = [other for other in others if other not in series]
    return Related(editions[:MOST], series[:MOST], by_author[:MOST], shelf if len(shelf) > 1 else [])


def _hits_of_author(book: Book) -> list[int]:
    if not book.authors:
        return []
    return [hit.book for hit in search("", Filters(author_name=book.authors[0])).by.hits(LOOKED_AT)]


def _is_edition(other: Book, book: Book) -> bool:
    same = bool(book.match_key) and other.match_key == book.match_key
    return same or (bool(other.isbn) and other.isbn in book.other_isbns)


def _place(book: Book) -> tuple[str, int]:
    return book.shelf_key, book.pk


def _series(book: Book) -> str:
    """The series without the number in it."""
    return book.series.partition(" ; ")[0].strip().casefold()

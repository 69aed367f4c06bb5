"""Books as pages show them, each with its cover: statements that are composed once, since every page asks them."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q

from catalog.models import Book, Cover
from catalog.queries import books_shown
from kernel.storage.composed import Rows, composed
from kernel.storage.databases import database_of

OF_BOOK, OF_COVER = ([field.attname for field in model._meta.concrete_fields] for model in (Book, Cover))
COVER = [f"cover__{name}" for name in OF_COVER]
COLUMNS = [*OF_BOOK, *COVER]
LISTED = {
    "id", "title", "volume", "authors", "publisher", "published_year", "language", "series", "call_number", "isbn",
    "match_key", "shelf_key",
}  # fmt: skip
OF_LISTED = [name for name in OF_BOOK if name in LISTED]
"""What lists say of a book, and what orders them; anything else is deferred."""
MOST_BESIDE = 100
NEWEST = 12
"""So many new books are shown."""


def book_with_cover(book_id: int) -> Book:
    """One book, also a withdrawn one, with its cover. Raises `Book.DoesNotExist`."""
    if not (found := _one(book_id)):
        raise Book.DoesNotExist
    return _book_of(found[0])


def books_among(ids: Collection[int]) -> dict[int, Book]:
    """Those of the books that are on record, by their ids."""
    return {row[0]: _book_of(row, OF_LISTED) for row in _listed(ids)}


def books_by_ids(ids: Sequence[int]) -> list[Book]:
    """Those of the books that are on record, in the order of the ids."""
    found = books_among(ids)
    return [found[book_id] for book_id in dict.fromkeys(ids) if book_id in found]


def newest_books() -> list[Book]:
    """The `NEWEST` books that were registered last, the last first."""
    return [_book_of(row, OF_LISTED) for row in _newest()]


def books_beside(book: Book, ids: Sequence[int]) -> list[Book]:
    """The books of the ids, and the book's other volumes and editions: those of its title, and those that have one of
    its other ISBNs. One statement for all, which reads what lists say of a book; no more than `MOST_BESIDE`.
    None where no other book is asked for.
    """
    ids = [one for one in ids if one != book.pk]
    isbns = [isbn for isbn in (book.isbn, *book.other_isbns) if isbn]
    if isbns:
        rows = _numbered(ids, book.match_key, isbns)
    elif book.match_key:
        rows = _titled(ids, book.match_key)
    else:
        rows = _listed(ids) if ids else []
    return [_book_of(row, OF_LISTED) for row in rows if row[0] != book.pk]


@composed
def _one(book_id: int) -> Rows:
    return Book.objects.filter(pk=book_id).values_list(*COLUMNS)


@composed
def _newest() -> Rows:
    return books_shown().order_by("-registered_at", "-id").values_list(*OF_LISTED, *COVER)[:NEWEST]


@composed
def _listed(ids: Collection[int]) -> Rows:
    return _those(Q(pk__among=ids))


@composed
def _titled(ids: Collection[int], match_key: str) -> Rows:
    return _those(Q(pk__among=ids), Q(match_key=match_key))


@composed
def _numbered(ids: Collection[int], match_key: str, isbns: Collection[str]) -> Rows:
    return _those(Q(pk__among=ids), Q(match_key=match_key) & ~Q(match_key=""), Q(isbn__among=isbns))


def _those(*ways: Q) -> Rows:
    """The books of each way. Each has an index, and SQLite would take none of them were the ways joined by OR."""
    first, *others = (books_shown().filter(way).values_list(*OF_LISTED, *COVER) for way in ways)
    return first.union(*others, all=True)[:MOST_BESIDE] if others else first


def _book_of(row: Sequence[Any], fields: Sequence[str] = OF_BOOK) -> Book:
    database = database_of("catalog")
    book, cover = Book.from_db(database, fields, row[: len(fields)]), row[len(fields) :]
    book._state.fields_cache["cover"] = None if cover[0] is None else Cover.from_db(database, OF_COVER, cover)
    return book

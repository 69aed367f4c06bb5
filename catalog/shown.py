"""Books as pages show them, each with its cover: statements that are composed once, since every page asks them."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q

from catalog.models import Book, Cover
from catalog.queries import books_shown
from kernel.storage.composed import Rows, composed
from kernel.storage.databases import database_of

OF_BOOK, OF_COVER = ([field.attname for field in model._meta.concrete_fields] for model in (Book, Cover))
COLUMNS = [*OF_BOOK, *(f"cover__{name}" for name in OF_COVER)]
MOST_BESIDE = 100


def book_with_cover(book_id: int) -> Book:
    """One book, also a withdrawn one, with its cover. Raises `Book.DoesNotExist`."""
    if not (found := _one(book_id)):
        raise Book.DoesNotExist
    return _book_of(found[0])


def books_among(ids: Collection[int]) -> dict[int, Book]:
    """Those of the books that are on record, by their ids."""
    return {row[0]: _book_of(row) for row in _among(ids)}


def books_by_ids(ids: Sequence[int]) -> list[Book]:
    """Those of the books that are on record, in the order of the ids."""
    found = books_among(ids)
    return [found[book_id] for book_id in dict.fromkeys(ids) if book_id in found]


def books_beside(book: Book, ids: Sequence[int]) -> list[Book]:
    """The books of the ids, and the book's other volumes and editions: those of its title, and those that have one of
    its other ISBNs. One statement for both; no more than `MOST_BESIDE`.
    It is composed each time: SQLite takes an index for each of several ways only where they are lists of values.
    """
    isbns = [isbn for isbn in (book.isbn, *book.other_isbns) if isbn]
    wanted = Q(pk__in=ids) | Q(isbn__in=isbns) | (Q(match_key=book.match_key) if book.match_key else Q(pk=None))
    return list(books_shown().filter(wanted).exclude(pk=book.pk)[:MOST_BESIDE])


@composed
def _one(book_id: int) -> Rows:
    return Book.objects.filter(pk=book_id).values_list(*COLUMNS)


@composed
def _among(ids: Collection[int]) -> Rows:
    return books_shown().filter(pk__among=ids).values_list(*COLUMNS)


def _book_of(row: Sequence[Any]) -> Book:
    database = database_of("catalog")
    book, cover = Book.from_db(database, OF_BOOK, row[: len(OF_BOOK)]), row[len(OF_BOOK) :]
    book._state.fields_cache["cover"] = None if cover[0] is None else Cover.from_db(database, OF_COVER, cover)
    return book

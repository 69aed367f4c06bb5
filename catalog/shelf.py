"""The shelf: books with a call number, in the order in which they stand."""

from typing import NamedTuple

from django.db.models import Q, QuerySet

from catalog.models import Book
from catalog.queries import books_shown
from catalog.shelf_order import shelf_key


class Mark(NamedTuple):
    """A place on the shelf: a book's key, and its id where several have that key; without one, before all of them."""

    key: str
    book: int = 0


def mark_of(call_number: str) -> Mark:
    """Where books with that call number begin, or would stand."""
    return Mark(shelf_key(call_number))


def mark_of_book(book: Book) -> Mark:
    """Where the book stands."""
    return Mark(book.shelf_key, book.pk)


def books_from(mark: Mark, count: int) -> list[Book]:
    """So many books from the place on, the one that stands there first."""
    later = Q(shelf_key__gt=mark.key) | Q(shelf_key=mark.key, pk__gte=mark.book)
    return list(_shelved().filter(later, shelf_key__gte=mark.key).order_by("shelf_key", "pk")[:count])


def books_before(mark: Mark, count: int) -> list[Book]:
    """So many books before the place, as they stand."""
    earlier = Q(shelf_key__lt=mark.key) | Q(shelf_key=mark.key, pk__lt=mark.book)
    found = _shelved().filter(earlier, shelf_key__lte=mark.key).order_by("-shelf_key", "-pk")[:count]
    return list(found)[::-1]


def _shelved() -> QuerySet[Book]:
    return books_shown().filter(shelf_key__gt="")

"""The shelf: books with a call number, in the order in which they stand."""

from typing import NamedTuple

from django.db.models import Q, QuerySet

from catalog.models import Book
from catalog.queries import books_shown
from catalog.shelf_order import shelf_key
from kernel.storage.databases import connection_of

# Written out, since composing it took longer than all else that a page says of the shelf. It is `_before` and `_from`.
AROUND = """
SELECT * FROM (
    SELECT id FROM catalog_book
    WHERE withdrawn_at IS NULL AND shelf_key > '' AND shelf_key <= %(key)s
        AND (shelf_key < %(key)s OR shelf_key = %(key)s AND id < %(book)s)
    ORDER BY shelf_key DESC, id DESC LIMIT %(before)s
) AS before
UNION ALL
SELECT * FROM (
    SELECT id FROM catalog_book
    WHERE withdrawn_at IS NULL AND shelf_key > '' AND shelf_key >= %(key)s
        AND (shelf_key > %(key)s OR shelf_key = %(key)s AND id >= %(book)s)
    ORDER BY shelf_key, id LIMIT %(behind)s
) AS behind
"""


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
    return list(_from(mark)[:count])


def books_before(mark: Mark, count: int) -> list[Book]:
    """So many books before the place, as they stand."""
    return list(_before(mark)[:count])[::-1]


def ids_around(book: Book, count: int) -> list[int]:
    """The ids of so many books on each side of a book, as they stand, with its own between them; one statement."""
    with connection_of("catalog").cursor() as cursor:
        cursor.execute(AROUND, {"key": book.shelf_key, "book": book.pk, "before": count, "behind": count + 1})
        found = [book_id for (book_id,) in cursor.fetchall()]
    here = found.index(book.pk)
    return [*found[:here][::-1], *found[here:]]


def _from(mark: Mark) -> QuerySet[Book]:
    later = Q(shelf_key__gt=mark.key) | Q(shelf_key=mark.key, pk__gte=mark.book)
    return _shelved().filter(later, shelf_key__gte=mark.key).order_by("shelf_key", "pk")


def _before(mark: Mark) -> QuerySet[Book]:
    """The nearest first."""
    earlier = Q(shelf_key__lt=mark.key) | Q(shelf_key=mark.key, pk__lt=mark.book)
    return _shelved().filter(earlier, shelf_key__lte=mark.key).order_by("-shelf_key", "-pk")


def _shelved() -> QuerySet[Book]:
    return books_shown().filter(shelf_key__gt="")

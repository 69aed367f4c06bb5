"""Call numbers that several books have, where each should have its own."""

from collections.abc import Iterator
from itertools import islice

from django.db.models import Count

from catalog.models import Book
from catalog.shelf_order import names_an_author

AT_ONCE = 500
SHOWN = ("call_number", "title", "authors", "volume", "published_year")


def books_of_doubled_numbers() -> Iterator[Book]:
    """The books on record that share a call number, volume, year and copy included, as they stand. Without an author
    mark a call number is no book's own, so those are left out. Whoever wants only the first ones pays for no others;
    what a list does not show is not read."""
    numbered = Book.objects.filter(withdrawn_at=None).exclude(shelf_key="")
    doubled = numbered.values("shelf_key").annotate(books=Count("pk")).filter(books__gt=1).order_by("shelf_key")
    keys = filter(names_an_author, doubled.values_list("shelf_key", flat=True).iterator(chunk_size=AT_ONCE))
    while several := list(islice(keys, AT_ONCE)):
        books = numbered.filter(shelf_key__among=several).order_by("shelf_key", "pk").only(*SHOWN)
        yield from books.iterator(chunk_size=AT_ONCE)

"""Call numbers that several books have, where each should have its own."""

from collections.abc import Iterator

from django.db.models import Count

from catalog.models import Book
from catalog.shelf_order import place_of


def books_of_doubled_numbers() -> Iterator[Book]:
    """The books on record that share a call number, volume, year and copy included, as they stand. Without an author
    mark a call number is no book's own, so those are left out."""
    numbered = Book.objects.filter(withdrawn_at=None).exclude(shelf_key="")
    doubled = numbered.order_by().values("shelf_key").annotate(books=Count("pk")).filter(books__gt=1)
    sharing = numbered.filter(shelf_key__in=doubled.values("shelf_key")).order_by("shelf_key", "pk")
    for book in sharing.iterator(chunk_size=500):
        place = place_of(book.call_number)
        if place and place.author_mark:
            yield book

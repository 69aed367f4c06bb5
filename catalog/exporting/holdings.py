"""Books with their copies, as many at a time as memory takes."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.db.models import QuerySet

from catalog.models import Book, Copy, SourceRecord
from catalog.rules import NATIONAL_NUMBER

CHUNK = 500
NATIONAL_LIBRARY = "NLK:"


class Holding(NamedTuple):
    """A book, its copies that are not withdrawn, and its number at the National Library of Korea, or nothing."""

    book: Book
    copies: Sequence[Copy]
    national_number: str


def holdings_of(books: QuerySet[Book]) -> Iterator[Holding]:
    """Those of the books that are not withdrawn, in the order of their ids."""
    last = 0
    while chunk := list(books.filter(withdrawn_at=None, pk__gt=last).order_by("pk")[:CHUNK]):
        copies: dict[int, list[Copy]] = {}
        for copy in Copy.objects.filter(book__in=chunk, withdrawn_at=None).order_by("pk"):
            copies.setdefault(copy.book_id, []).append(copy)
        national = SourceRecord.objects.filter(book__in=chunk, key__startswith=NATIONAL_LIBRARY)
        numbers = {source.book_id: source.key.removeprefix(NATIONAL_LIBRARY) for source in national}
        for book in chunk:
            yield Holding(book, copies.get(book.pk, []), numbers.get(book.pk) or _national_number(book))
        last = chunk[-1].pk


def _national_number(book: Book) -> str:
    """The number that came along with another one of the book's own system."""
    return next(filter(NATIONAL_NUMBER.fullmatch, book.access_points), "")

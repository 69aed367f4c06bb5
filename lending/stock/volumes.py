"""A book's stock, as a whole and by volume."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Count, Q

from kernel.storage.composed import Rows, composed
from lending.models import Book

THERE = Q(copies__withdrawn=False)
FREE = THERE & Q(copies__place="shelf", copies__condition="ok", copies__for_loan=True)
"""As `LENDABLE`, of a book's copies."""


class OfVolume(NamedTuple):
    """Of a book's copies of a volume how many there are, how many can be lent as they stand, and how many of those
    somebody may wait for."""

    volume: str
    total: int
    available: int
    waited_for: int


def counted_by_volume(book_id: int) -> list[OfVolume]:
    """A book's copies by volume, in one statement; of one that has none, a row without any. Raises
    `Book.DoesNotExist`."""
    rows = _counted(book_id)
    if not rows:
        raise Book.DoesNotExist
    return [OfVolume(*row) for row in rows]


@composed
def _counted(book_id: int) -> Rows:
    books = Book.objects.filter(pk=book_id, withdrawn=False).values("copies__volume").order_by("copies__volume")
    waited_for = Count("copies", filter=FREE & Q(copies__waited_for=True))
    counted = books.annotate(
        total=Count("copies", filter=THERE), available=Count("copies", filter=FREE), waited_for=waited_for
    )
    return counted.values_list("copies__volume", "total", "available", "waited_for")


def free_alike(books: Collection[int]) -> dict[int, int]:
    """How many copies of each of these books can be lent, if it is known, not withdrawn, of one type and volume, and
    none is held."""
    if not books:
        return {}
    types = Count("copies__type", filter=THERE, distinct=True)
    volumes = Count("copies__volume", filter=THERE, distinct=True)
    held = Count("copies", filter=THERE & Q(copies__place__in=["hold_shelf", "to_pull"]))
    counted = Book.objects.filter(pk__in=books, withdrawn=False).annotate(
        free=Count("copies", filter=FREE), types=types, volumes=volumes, held=held
    )
    return dict(counted.filter(types__lte=1, volumes__lte=1, held=0).values_list("pk", "free"))

"""A book's stock, as a whole and by volume."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Q

from kernel.storage.composed import Rows, composed
from lending.models import Book

THERE = Q(copies__withdrawn=False)
FREE = THERE & Q(copies__place="shelf", copies__condition="ok", copies__for_loan=True)
"""As `LENDABLE`, of a book's copies."""


def stock_by_volume(book_id: int) -> dict[str, Any]:
    """How many copies of a book there are and can be lent at this moment, and the same of each of its `volumes`, where
    its copies differ in it; in one statement. Raises `Book.DoesNotExist`."""
    rows = _counted(book_id)
    if not rows:
        raise Book.DoesNotExist
    volumes = [
        {"volume": volume, "copies_total": total, "copies_available": available}
        for volume, total, available in rows
        if total
    ]
    return {
        "copies_total": sum(total for _, total, _ in rows),
        "copies_available": sum(available for *_, available in rows),
        "volumes": volumes if len(volumes) > 1 else [],
    }


@composed
def _counted(book_id: int) -> Rows:
    books = Book.objects.filter(pk=book_id, withdrawn=False).values("copies__volume").order_by("copies__volume")
    counted = books.annotate(total=Count("copies", filter=THERE), available=Count("copies", filter=FREE))
    return counted.values_list("copies__volume", "total", "available")


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

"""A book's stock, as a whole and by volume."""

from typing import Any

from django.db.models import Count, Q

from lending.models import Book

COUNTED = ("copies_total", "copies_available")


def stock_by_volume(book_id: int) -> dict[str, Any]:
    """How many copies of a book there are and can be lent at this moment, and the same of each of its `volumes`, where
    its copies differ in it; in one statement. Raises `Book.DoesNotExist`."""
    there = Q(copies__withdrawn=False)
    free = there & Q(copies__place="shelf", copies__condition="ok", copies__for_loan=True)
    books = Book.objects.filter(pk=book_id, withdrawn=False).values("copies__volume").order_by("copies__volume")
    rows: list[Any] = list(
        books.annotate(copies_total=Count("copies", filter=there), copies_available=Count("copies", filter=free))
    )
    if not rows:
        raise Book.DoesNotExist
    volumes = [
        {"volume": row["copies__volume"], **{name: row[name] for name in COUNTED}}
        for row in rows
        if row["copies_total"]
    ]
    whole = {name: sum(row[name] for row in rows) for name in COUNTED}
    return {**whole, "volumes": volumes if len(volumes) > 1 else []}

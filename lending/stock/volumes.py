"""Books whose copies are volumes."""

from typing import Any

from django.db.models import Count

from lending.models import LENDABLE, Copy


def volumes_of(book_id: int) -> list[dict[str, Any]]:
    """How many copies of each volume there are and can be lent now, where the book's copies differ in it."""
    volumes = Copy.objects.filter(book=book_id, withdrawn=False).values("volume").order_by("volume")
    counts = {"copies_total": Count("pk"), "copies_available": Count("pk", filter=LENDABLE)}
    found = [dict(one) for one in volumes.annotate(**counts)]
    return found if len(found) > 1 else []

"""What marketing can tell."""

from typing import Any

from django.db.models import Count

from marketing.models import Borrowed


def also_borrowed(book_id: int, limit: int = 10) -> list[dict[str, Any]]:
    """The other books that this book's borrowers borrowed, those with the most such patrons first."""
    borrowers = Borrowed.objects.filter(book_id=book_id).values("patron_id")
    others = Borrowed.objects.filter(patron_id__in=borrowers).exclude(book_id=book_id)
    ranked = others.values("book_id", "title").annotate(patrons=Count("patron_id")).order_by("-patrons", "book_id")
    return [{"book": row["book_id"], "title": row["title"], "patrons": row["patrons"]} for row in ranked[:limit]]

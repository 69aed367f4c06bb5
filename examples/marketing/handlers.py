"""How marketing reacts to what lending announces."""

from lending.events import BookBorrowed
from marketing.models import Borrowed


def remember_borrower(event: BookBorrowed) -> None:
    """Knows that the patron borrowed the book."""
    Borrowed.objects.get_or_create(patron_id=event.patron, book_id=event.book, defaults={"title": event.title})

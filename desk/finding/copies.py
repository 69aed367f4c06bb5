"""Where the copies of books are, and who has them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from accounts.queries import people
from catalog.models import Book
from lending.marks.queries import copies_of_books
from lending.models import Copy


@dataclass(frozen=True, kw_only=True)
class FoundCopy:
    """A copy with the loan that has it, if one has, who that is, and whether it should be back by today."""

    copy: Copy
    holder: User | None = None
    is_overdue: bool = False


@dataclass(frozen=True, kw_only=True)
class FoundBook:
    """A book with its copies."""

    book: Book
    copies: list[FoundCopy]


def with_copies(books: Sequence[Book]) -> list[FoundBook]:
    """Each of the books with its copies."""
    copies = defaultdict(list)
    found = copies_of_books([book.pk for book in books])
    holders = people().in_bulk({copy.patron for copy in found if copy.patron})
    today = timezone.localdate()
    for copy in found:
        is_overdue = bool(copy.due_on and copy.due_on < today)
        copies[copy.book_id].append(FoundCopy(copy=copy, holder=holders.get(copy.patron), is_overdue=is_overdue))
    return [FoundBook(book=book, copies=copies[book.pk]) for book in books]

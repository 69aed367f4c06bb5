"""Where the copies of books are, and who has them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from accounts.queries import people
from catalog.models import Book
from lending.marks.queries import copies_of_books
from lending.models import Copy


@dataclass(frozen=True, kw_only=True)
class FoundCopy:
    """A copy with the loan that has it, if one has, and who that is."""

    copy: Copy
    holder: User | None = None


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
    for copy in found:
        copies[copy.book_id].append(FoundCopy(copy=copy, holder=holders.get(copy.patron)))
    return [FoundBook(book=book, copies=copies[book.pk]) for book in books]

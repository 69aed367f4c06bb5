"""What words find at the desk: patrons by name, number or telephone, and books with where their copies are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import User
from accounts.queries import people
from catalog.models import Book
from catalog.queries import books_by_ids
from catalog.search.asking import best_matches
from lending.marks.queries import copies_of_books
from lending.models import Copy

MOST = 10


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


@dataclass(frozen=True, kw_only=True)
class Found:
    """Patrons and books, ten of each at the most."""

    patrons: list[User] = field(default_factory=list)
    books: list[FoundBook] = field(default_factory=list)


def look_up(words: str, *, sees_people: bool, sees_books: bool) -> Found:
    """What the words find; an ISBN is a word too."""
    patrons = people(words).select_related("category").order_by("name", "pk")[:MOST] if sees_people else []
    books = books_by_ids(best_matches(words, most=MOST)) if sees_books else []
    return Found(patrons=list(patrons), books=list(_with_copies(books)))


def _with_copies(books: list[Book]) -> Iterable[FoundBook]:
    copies = defaultdict(list)
    found = copies_of_books([book.pk for book in books])
    holders = people().in_bulk({copy.patron for copy in found if copy.patron})
    for copy in found:
        copies[copy.book_id].append(FoundCopy(copy=copy, holder=holders.get(copy.patron)))
    return [FoundBook(book=book, copies=copies[book.pk]) for book in books]

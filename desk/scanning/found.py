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
    """Patrons and books, ten of each at the most, and whether there are more."""

    words: str
    patrons: list[User] = field(default_factory=list)
    books: list[FoundBook] = field(default_factory=list)
    more_patrons: bool = False
    more_books: bool = False


def look_up(words: str, *, sees_people: bool, sees_books: bool) -> Found:
    """What the words find; an ISBN is a word too."""
    patrons = list(people(words).select_related("category").order_by("name", "pk")[: MOST + 1]) if sees_people else []
    books = best_matches(words, most=MOST + 1) if sees_books else []
    return Found(
        words=words,
        patrons=patrons[:MOST],
        books=list(_with_copies(books_by_ids(books[:MOST]))),
        more_patrons=len(patrons) > MOST,
        more_books=len(books) > MOST,
    )


def _with_copies(books: list[Book]) -> Iterable[FoundBook]:
    copies = defaultdict(list)
    found = copies_of_books([book.pk for book in books])
    holders = people().in_bulk({copy.patron for copy in found if copy.patron})
    for copy in found:
        copies[copy.book_id].append(FoundCopy(copy=copy, holder=holders.get(copy.patron)))
    return [FoundBook(book=book, copies=copies[book.pk]) for book in books]

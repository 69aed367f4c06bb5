"""What words find: patrons by name, number or telephone, and books; the desk and the box in the header ask here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from accounts.queries import people
from catalog.models import Book
from catalog.search.asking import best_matches
from catalog.shown import books_by_ids

MOST = 10
LONGEST = 200
"""Letters of a question that are looked at."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """Patrons by their names and books, the best first, ten of each at the most; the address of the list that has all
    of them, where there are more."""

    patrons: list[User] = field(default_factory=list)
    books: list[Book] = field(default_factory=list)
    all_patrons: str = ""
    all_books: str = ""


def look_up(words: str, may: Callable[[str], bool]) -> Found:
    """What the words find for somebody with those permissions; an ISBN is a word too."""
    words = words.strip()[:LONGEST]
    patrons = _patrons(words) if words and may("accounts.view_user") else []
    books = best_matches(words, most=MOST + 1) if words and may("catalog.view_book") else []
    return Found(
        patrons=patrons[:MOST],
        books=list(books_by_ids(books[:MOST])),
        all_patrons=_list("admin:accounts_user_changelist", words) if len(patrons) > MOST else "",
        all_books=_list("admin:catalog_book_changelist", words) if len(books) > MOST else "",
    )


def _patrons(words: str) -> list[User]:
    return list(people(words).select_related("category").order_by("name", "pk")[: MOST + 1])


def _list(name: str, words: str) -> str:
    return reverse(name) + "?" + urlencode({"q": words})

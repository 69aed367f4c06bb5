"""One box over everything: a patron, a book, a copy or a loan, by whatever is known of it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.queries import people
from catalog.queries import books_by_ids
from catalog.search.asking import best_matches
from kernel.labels.reading import barcode_of
from lending.models import Copy
from lending.queries import copy_of_barcode, loans_of_number

MOST = 10
LONGEST = 200
"""Letters of a question that are looked at."""


class Hit(NamedTuple):
    """One that was found: what it is called, what tells it from others of that name, and its page."""

    name: str
    more: str
    address: str


class Group(NamedTuple):
    """The hits of one kind. `others` is the list that has all of them, where there are more than are shown."""

    name: str
    title: str | Promise
    hits: list[Hit]
    others: str = ""


def found_by(words: str, may: Callable[[str], bool]) -> list[Group]:
    """What the words find for somebody with those permissions, the surest first; nothing by no words."""
    words = words.strip()[:LONGEST]
    kinds = (
        ("copies", _("Copies"), "lending.view_copy", _copies),
        ("loans", _("Loans"), "lending.view_loan", _loans),
        ("patrons", _("Patrons"), "accounts.view_user", _patrons),
        ("books", _("Books"), "catalog.view_book", _books),
    )
    seen = [(name, title, list(find(words))) for name, title, permission, find in kinds if words and may(permission)]
    return [
        Group(name, title, hits[:MOST], _list_of(name, words) if len(hits) > MOST else "")
        for name, title, hits in seen
        if hits
    ]


def _copies(words: str) -> Iterator[Hit]:
    try:
        copy = copy_of_barcode(barcode_of(words))
    except (ValueError, Copy.DoesNotExist):
        return
    yield Hit(copy.barcode, copy.book.title, reverse("admin:lending_copy_change", args=[copy.pk]))


def _loans(words: str) -> Iterator[Hit]:
    for loan in loans_of_number(words):
        due = date_format(loan.due_on) if loan.due_on else str(loan.get_status_display())
        yield Hit(str(loan.pk), f"{loan.title} · {due}", reverse("admin:lending_loan_change", args=[loan.pk]))


def _patrons(words: str) -> Iterator[Hit]:
    for person in people(words).order_by("name", "pk")[: MOST + 1]:
        yield Hit(person.name, person.card_number, reverse("admin:desk_patron", args=[person.pk]))


def _books(words: str) -> Iterator[Hit]:
    for book in books_by_ids(best_matches(words, most=MOST + 1)):
        more = " · ".join(filter(None, (", ".join(book.authors), str(book.published_year or ""), book.call_number)))
        yield Hit(book.title, more, reverse("admin:catalog_book_change", args=[book.pk]))


def _list_of(name: str, words: str) -> str:
    page = {"patrons": "accounts_user_changelist", "books": "catalog_book_changelist"}[name]
    return reverse(f"admin:{page}") + "?" + urlencode({"q": words})

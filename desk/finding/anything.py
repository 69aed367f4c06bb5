"""One box over everything: a patron, a book, a copy or a loan, by whatever is known of it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Book
from desk.finding.words import LONGEST, look_up
from kernel.labels.reading import barcode_of
from lending.models import Copy
from lending.queries import copy_of_barcode, loans_of_number


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
    found = look_up(words, may)
    groups = (
        Group("copies", _("Copies"), list(_copies(words)) if may("lending.view_copy") else []),
        Group("loans", _("Loans"), list(_loans(words)) if may("lending.view_loan") else []),
        Group("patrons", _("Patrons"), [_patron(one) for one in found.patrons], found.all_patrons),
        Group("books", _("Books"), [_book(one) for one in found.books], found.all_books),
    )
    return [group for group in groups if group.hits]


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


def _patron(person: User) -> Hit:
    born = _("born in %(year)s") % {"year": person.born_on.year} if person.born_on else ""
    more = " · ".join(str(part) for part in (person.card_number, born, person.category) if part)
    return Hit(person.name, more, reverse("admin:desk_patron", args=[person.pk]))


def _book(book: Book) -> Hit:
    more = " · ".join(filter(None, (", ".join(book.authors), str(book.published_year or ""), book.call_number)))
    return Hit(book.title, more, reverse("admin:catalog_book_change", args=[book.pk]))

"""What there is to do in a library that has lent nothing yet, where the charts will be."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.queries import has_patrons
from catalog.queries import last_book_id

May = Callable[[str], bool]
Words = str | Promise


class Way(NamedTuple):
    """A page that leads on, by name, and the permission to be there."""

    words: Words
    permission: str
    page: str


class Step(NamedTuple):
    """Something to be done first, and the ways to it."""

    sentence: Words
    ways: tuple[Way, ...]
    is_done: Callable[[], bool] = lambda: False


class Shown(NamedTuple):
    """A step as it is shown: each way by its words and address."""

    sentence: Words
    ways: list[tuple[Words, str]]


STEPS = (
    Step(
        _("Say what the library is called and when it is open."),
        (Way(_("The library's page"), "opac.change_librarypage", "opac_librarypage_changelist"),),
    ),
    Step(
        _("Say on which days it is closed, and who may borrow how much and for how long."),
        (
            Way(_("Closed days"), "lending.add_calendarrule", "lending_calendarrule_add"),
            Way(_("Policies"), "lending.add_policy", "lending_policy_changelist"),
        ),
    ),
    Step(
        _("Give the members of the staff their cards and roles."),
        (Way(_("Register a member of the staff"), "accounts.manage_staff", "accounts_user_add"),),
    ),
    Step(
        _("Register the first books, or take in a file of another system."),
        (
            Way(_("Register a book"), "catalog.add_book", "catalog_book_add"),
            Way(_("Import books"), "catalog.import_books", "catalog_bookimport_add"),
        ),
        lambda: last_book_id() > 0,
    ),
    Step(
        _("Print the labels for the copies."),
        (Way(_("Labels for copies"), "catalog.change_copy", "printing_labels"),),
    ),
    Step(
        _("Register the first patrons, or take in a file of another system."),
        (
            Way(_("Register a patron"), "accounts.add_user", "accounts_user_add"),
            Way(_("Import patrons"), "accounts.import_patrons", "accounts_patronimport_add"),
        ),
        has_patrons,
    ),
    Step(
        _("Scan a card and then a book: that is a loan."),
        (Way(_("Lend and take back"), "lending.add_loan", "desk"),),
    ),
)


def first_steps(may: May) -> Iterator[Shown]:
    """The steps that are not done yet, each for who may do it."""
    for step in STEPS:
        ways = [(way.words, reverse(f"admin:{way.page}")) for way in step.ways if may(way.permission)]
        if ways and not step.is_done():
            yield Shown(step.sentence, ways)

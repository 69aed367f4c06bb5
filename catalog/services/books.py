"""What a librarian does with books."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from catalog.events import BookRegistered, BookRevised, BookWithdrawn
from catalog.models import Book
from catalog.rules import title_key
from catalog.services.copies import (
    CopiesOnLoan,
    add_copies,
    locked_book,
    locked_copies,
    refuse_lent,
    take_off_shelf,
)
from catalog.services.copy_events import copy_withdrawn, facts
from catalog.shelf_order import shelf_key
from kernel.eventbus.publishing.outbox import publish, publish_many
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in

__all__ = ["CopiesOnLoan", "IsbnTaken", "facts", "note_keys", "register_book", "revise_book", "withdraw_book"]


class IsbnTaken(Refused):
    code = "isbn_taken"
    sentence = _("The catalogue has a book with the ISBN %(isbn)s already.")


@atomic_in("catalog")
def register_book(*, now: datetime, copies: int = 0, **record: Any) -> Book:
    """Enters a title, with so many copies. `record` holds fields of `Book`. Raises `IsbnTaken`."""
    book = Book(registered_at=now, **record)

    _save(book)

    publish(BookRegistered(occurred_at=now, **facts(book), isbn=book.isbn))
    if copies:
        add_copies(book.pk, count=copies, now=now)
    return book


@atomic_in("catalog")
def revise_book(book_id: int, *, now: datetime, **changes: Any) -> Book:
    """Changes fields of a title's record. Raises `Book.DoesNotExist` and `IsbnTaken`."""
    book = locked_book(book_id)
    if all(getattr(book, name) == value for name, value in changes.items()):
        return book

    for name, value in changes.items():
        setattr(book, name, value)
    book.revision += 1
    _save(book)

    publish(BookRevised(occurred_at=now, **facts(book), isbn=book.isbn))
    return book


@atomic_in("catalog")
def withdraw_book(book_id: int, *, now: datetime) -> None:
    """Takes a title and its copies out of the catalogue. Raises `Book.DoesNotExist` and `CopiesOnLoan`."""
    book = locked_book(book_id)
    copies = locked_copies(book)
    refuse_lent(copies)

    take_off_shelf(copies, now)
    book.withdrawn_at = now
    book.revision += 1
    book.save(update_fields=["withdrawn_at", "revision"])

    publish_many([copy_withdrawn(copy, book, now) for copy in copies])
    publish(BookWithdrawn(occurred_at=now, **facts(book)))


def note_keys(book: Book) -> None:
    """Sets what the book is compared and ordered by, for whoever has changed its record and will write it."""
    book.match_key, book.shelf_key = title_key(book.title), shelf_key(book.call_number, book.volume)


def _save(book: Book) -> None:
    """The constraint has the last word on "one book per ISBN"."""
    note_keys(book)
    try:
        with atomic_in("catalog"):
            book.save()
    except IntegrityError as error:
        raise IsbnTaken(isbn=book.isbn) from error

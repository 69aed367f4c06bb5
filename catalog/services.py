"""What a librarian does with books and copies."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from catalog.events import BookRegistered, BookRevised, BookWithdrawn, CopyAdded, CopyWithdrawn
from catalog.models import Book, Copy
from catalog.rules import barcode_for
from kernel.eventbus.publishing.outbox import publish, publish_many
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in, connection_of
from kernel.storage.lookups import folded


class IsbnTaken(Refused):
    code = "isbn_taken"
    sentence = _("The catalogue has a book with the ISBN %(isbn)s already.")


class BarcodeTaken(Refused):
    code = "barcode_taken"
    sentence = _("The barcode %(barcode)s is on another copy already.")


class CopiesOnLoan(Refused):
    code = "copies_on_loan"
    sentence = _("%(count)s copies are on loan: take them back before they are withdrawn.")


@atomic_in("catalog")
def register_book(*, now: datetime, copies: int = 0, **record: Any) -> Book:
    """Enters a title, with so many copies. `record` holds fields of `Book`. Raises `IsbnTaken`."""
    isbn = record.get("isbn")
    book = Book(registered_at=now, **record)

    _save(book)

    publish(BookRegistered(occurred_at=now, book=book.pk, title=book.title, revision=book.revision, isbn=isbn))
    if copies:
        add_copies(book.pk, count=copies, now=now)
    return book


@atomic_in("catalog")
def revise_book(book_id: int, *, now: datetime, **changes: Any) -> Book:
    """Changes fields of a title's record. Raises `Book.DoesNotExist` and `IsbnTaken`."""
    book = _locked_book(book_id)
    if all(getattr(book, name) == value for name, value in changes.items()):
        return book

    for name, value in changes.items():
        setattr(book, name, value)
    book.revision += 1
    _save(book)

    publish(BookRevised(occurred_at=now, book=book.pk, title=book.title, revision=book.revision, isbn=book.isbn))
    return book


@atomic_in("catalog")
def withdraw_book(book_id: int, *, now: datetime) -> None:
    """Takes a title and its copies out of the catalogue. Raises `Book.DoesNotExist` and `CopiesOnLoan`."""
    book = _locked_book(book_id)
    copies = _locked_copies(book)
    _refuse_lent(copies)

    _withdraw(copies, now)
    book.withdrawn_at = now
    book.revision += 1
    book.save(update_fields=["withdrawn_at", "revision"])

    publish_many([_copy_withdrawn(copy, book, now) for copy in copies])
    publish(BookWithdrawn(occurred_at=now, book=book.pk, title=book.title, revision=book.revision))


@atomic_in("catalog")
def add_copies(book_id: int, *, now: datetime, count: int = 0, barcodes: Sequence[str] = ()) -> list[Copy]:
    """Puts copies on the shelf, under barcodes of the library's own making or under those given.

    Raises `Book.DoesNotExist` and `BarcodeTaken`; all the copies are added, or none.
    """
    book = _locked_book(book_id)
    wanted = list(barcodes) or _fresh_barcodes(book, count)
    _refuse_taken(wanted)

    try:
        with atomic_in("catalog"):
            copies = Copy.objects.bulk_create([Copy(book=book, barcode=barcode, added_at=now) for barcode in wanted])
    except IntegrityError as error:  # somebody used one at the same moment
        raise BarcodeTaken(barcode=", ".join(wanted)) from error

    publish_many([_copy_added(copy, book, now) for copy in copies])
    return copies


@atomic_in("catalog")
def withdraw_copy(copy_id: int, *, now: datetime) -> None:
    """Takes one copy off the shelf for good. Raises `Copy.DoesNotExist` and `CopiesOnLoan`."""
    book = _locked_book(Copy.objects.get(pk=copy_id, withdrawn_at=None).book_id)
    copies = _locked_copies(book, pk=copy_id)
    if not copies:
        raise Copy.DoesNotExist
    _refuse_lent(copies)

    _withdraw(copies, now)

    publish(_copy_withdrawn(copies[0], book, now))


def _locked_book(book_id: int) -> Book:
    return Book.objects.select_for_update().get(pk=book_id, withdrawn_at=None)


def _locked_copies(book: Book, **which: Any) -> list[Copy]:
    return list(book.copies.select_for_update().filter(withdrawn_at=None, **which).order_by("pk"))


def note_moves(moves: Mapping[int, tuple[int, bool]]) -> None:
    """Notes of each copy the number of its newest move and whether it went out, in one statement.

    Where a newer move was noted already, nothing changes. Nobody is told: it is lending that said so.
    """
    if not moves:
        return
    places = ", ".join(["(%s, %s, %s)"] * len(moves))
    statement = f"""
        WITH told (copy, move, on_loan) AS (VALUES {places})
        UPDATE catalog_copy SET on_loan = told.on_loan, moves = told.move FROM told
        WHERE catalog_copy.id = told.copy AND catalog_copy.moves <= told.move
    """  # noqa: S608  only places for parameters are put in
    with connection_of("catalog").cursor() as cursor:
        cursor.execute(statement, [value for copy, (move, on_loan) in moves.items() for value in (copy, move, on_loan)])


def _save(book: Book) -> None:
    """The constraint has the last word on "one book per ISBN"."""
    try:
        with atomic_in("catalog"):
            book.save()
    except IntegrityError as error:
        raise IsbnTaken(isbn=book.isbn) from error


def _refuse_lent(copies: Iterable[Copy]) -> None:
    if lent := sum(copy.on_loan for copy in copies):
        raise CopiesOnLoan(count=lent)


def _refuse_taken(barcodes: Sequence[str]) -> None:
    keys = [folded(Value(barcode)) for barcode in barcodes]
    known = Copy.objects.annotate(key=folded("barcode")).filter(key__in=keys)
    taken = known.values_list("barcode", flat=True).first()
    if taken:
        raise BarcodeTaken(barcode=taken)


def _fresh_barcodes(book: Book, count: int) -> list[str]:
    """The next barcodes of the book's own series, past those that somebody typed in by hand."""
    prefix = barcode_for(book.pk, 0)[:-4]
    in_series = Q(barcode__startswith=prefix) | Q(barcode__startswith=prefix.lower())
    used = {barcode.upper() for barcode in Copy.objects.filter(in_series).values_list("barcode", flat=True)}
    numbers = range(1, len(used) + count + 1)
    return [barcode for number in numbers if (barcode := barcode_for(book.pk, number)) not in used][:count]


def _withdraw(copies: Iterable[Copy], now: datetime) -> None:
    Copy.objects.filter(pk__in=[copy.pk for copy in copies]).update(withdrawn_at=now)


def _copy_added(copy: Copy, book: Book, now: datetime) -> CopyAdded:
    return CopyAdded(
        occurred_at=now, book=book.pk, title=book.title, revision=book.revision, copy=copy.pk, barcode=copy.barcode
    )


def _copy_withdrawn(copy: Copy, book: Book, now: datetime) -> CopyWithdrawn:
    return CopyWithdrawn(
        occurred_at=now, book=book.pk, title=book.title, revision=book.revision, copy=copy.pk, barcode=copy.barcode
    )

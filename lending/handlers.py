"""How lending reacts to what other contexts announce."""

from catalog.events import BookRegistered, BookRevised, BookWithdrawn, CatalogEvent, CopyAdded, CopyWithdrawn
from fines.events import FineCharged, FinePaid, FineWaived
from lending import withdrawal
from lending.models import Book, Copy, Debt, Patron
from library.accounts.events import PatronRegistered


def open_account(event: PatronRegistered) -> None:
    """Opens the patron's account at the lending desk."""
    Patron.objects.get_or_create(pk=event.patron)


def take_in_book(event: BookRegistered | BookRevised | BookWithdrawn) -> None:
    """Knows the title, its newest wording, and whether it may still be lent."""
    _know_book(event, withdrawn=isinstance(event, BookWithdrawn))


def take_in_copy(event: CopyAdded) -> None:
    """Has one copy more to lend, unless it was withdrawn already."""
    _know_book(event)
    Copy.objects.get_or_create(pk=event.copy, defaults={"book_id": event.book, "barcode": event.barcode})


def give_up_copy(event: CopyWithdrawn) -> None:
    """Lends the copy no more; a loan that was just taking it gets another, or is cancelled in that part."""
    _know_book(event)
    Copy.objects.get_or_create(pk=event.copy, defaults={"book_id": event.book, "barcode": event.barcode})
    withdrawal.give_up_copy(event.copy, now=event.occurred_at)


def note_debt(event: FineCharged | FinePaid | FineWaived) -> None:
    """Knows what the patron still owes of that fine, so that it can block borrowing."""
    debt, _ = Debt.objects.get_or_create(pk=event.fine, defaults={"patron_id": event.patron, "owed": 0, "version": 0})
    Debt.objects.filter(pk=debt.pk, version__lte=event.version).update(owed=event.owed, version=event.version)


def _know_book(event: CatalogEvent, *, withdrawn: bool = False) -> None:
    """A title seen first in a late event is known as that event tells it; an older event changes nothing.

    A title that left the catalogue never comes back, whatever is heard of its copies later.
    """
    told = {"title": event.title, "revision": event.revision}
    book, is_new = Book.objects.get_or_create(pk=event.book, defaults={**told, "withdrawn": withdrawn})
    if not is_new:
        Book.objects.filter(pk=book.pk, revision__lte=event.revision).update(**told)
    if withdrawn:
        Book.objects.filter(pk=book.pk).update(withdrawn=True)

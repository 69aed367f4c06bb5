"""How lending reacts to what other contexts announce."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.events import PatronRegistered
from catalog.events import (
    BookRegistered,
    BookRevised,
    BookWithdrawn,
    CatalogEvent,
    CopyAdded,
    CopyRevised,
    CopyWithdrawn,
)
from fines.events import (
    CreditPaidOut,
    FineCancelled,
    FineCharged,
    FinePaid,
    FineRefunded,
    FineReopened,
    FinesAnonymised,
    FineWaived,
    MoneyAnonymised,
    PaymentReversed,
    PaymentTaken,
    SuspensionBoughtOff,
)
from kernel.eventbus.projection import keep_newest
from lending.blocks import services as blocks
from lending.holds.losing import copies_not_for_their_holders
from lending.holds.settling import settle_queues
from lending.locks import lock_queues
from lending.models import Book, Copy, Credit, Debt, Patron
from lending.withdrawal import services as withdrawal

BOUGHT_OFF = "bought off"


def open_account(events: Sequence[PatronRegistered]) -> None:
    """Opens the patron's account at the lending desk."""
    Patron.objects.bulk_create([Patron(pk=event.patron) for event in events], ignore_conflicts=True)


def take_in_book(events: Sequence[BookRegistered | BookRevised | BookWithdrawn]) -> None:
    """Knows the title, its newest wording, and whether it may still be lent."""
    _know_books(events)


def take_in_copy(events: Sequence[CopyAdded | CopyRevised]) -> None:
    """Knows a copy as the catalogue's newest word has it: one more to lend, unless it was withdrawn already, or to be
    pulled where somebody waits for it."""
    _know_books(events)
    books = {event.book for event in events}
    lock_queues(books)
    copies = [
        Copy(
            pk=event.copy,
            book_id=event.book,
            barcode=event.barcode,
            type=event.type or "",
            volume=event.volume,
            for_loan=event.for_loan,
            price=event.price,
            items=list(event.items),
            revision=event.copy_revision,
        )
        for event in events
    ]
    keep_newest(
        copies,
        by="revision",
        at_first=["book", "place", "condition", "missing_items", "replaced_by", "withdrawn", "waited_for", "moves"],
    )
    now = max(event.occurred_at for event in events)
    lost = copies_not_for_their_holders(copies, timezone.localdate(now)) if books else []
    settle_queues(books, now=now, lost=lost)


def give_up_copy(event: CopyWithdrawn) -> None:
    """Lends the copy no more; a loan that was just taking it gets another, or is cancelled in that part."""
    _know_books([event])
    Copy.objects.get_or_create(pk=event.copy, defaults={"book_id": event.book, "barcode": event.barcode})
    withdrawal.give_up_copy(event.copy, now=event.occurred_at)


def note_debt(
    events: Sequence[FineCharged | FinePaid | FineWaived | FineCancelled | FineRefunded | FineReopened],
) -> None:
    """Knows what the patron still owes of that fine, so that it can block borrowing, and the credit behind it."""
    keep_newest(
        [
            Debt(fine=event.fine, patron_id=event.patron, loan_id=event.loan, owed=event.owed, version=event.version)
            for event in events
        ]
    )
    _keep_credit(events)


def note_credit(events: Sequence[PaymentTaken | PaymentReversed | CreditPaidOut | MoneyAnonymised]) -> None:
    """Knows what the patron has to the good: nobody is erased who has something."""
    _keep_credit(events)


def _keep_credit(events: Sequence[Any]) -> None:
    keep_newest(
        [
            Credit(patron_id=event.patron, credit=event.credit, version=event.account_version)
            for event in sorted(events, key=lambda event: event.account_version)
            if event.patron is not None
        ]
    )


def forget_debts(event: FinesAnonymised) -> None:
    """Knows no more whose fines these were."""
    Debt.objects.filter(pk__in=event.fines).update(patron_id=None)


def end_bought_suspension(event: SuspensionBoughtOff) -> None:
    """Ends the suspension whose rest the patron paid for, and none that later returns led to."""
    if event.patron:
        blocks.end_bought_suspension(
            event.patron, restriction=event.restriction, reason=BOUGHT_OFF, now=event.occurred_at
        )


def _know_books(events: Sequence[CatalogEvent]) -> None:
    """A title seen first in a late event is known as that event tells it; an older event changes nothing.

    A title that left the catalogue never comes back, whatever is heard of its copies later.
    """
    values = [
        Book(pk=event.book, title=event.title, main_class=event.main_class, revision=event.revision) for event in events
    ]
    keep_newest(values, by="revision", at_first=["withdrawn"])
    if gone := [event.book for event in events if isinstance(event, BookWithdrawn)]:
        Book.objects.filter(pk__in=gone).update(withdrawn=True)

"""How copies change hands. Every function here needs a transaction and its patron's account locked."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, QuerySet

from lending.models import Copy, Loan, LoanLine


def lendable(book_id: int) -> QuerySet[Copy]:
    """The copies of a book that can be lent now."""
    return Copy.objects.filter(book=book_id, on_loan=False, withdrawn=False)


def take_copies(book_id: int, quantity: int) -> list[Copy]:
    """Locks so many lendable copies, or fewer if there are no more.

    Copies that somebody else is taking at this moment are passed over. Only when that leaves too few does it
    wait for them, in the order of their ids: holding none meanwhile, so that two who wait never wait in a ring.
    """
    shelf = lendable(book_id).order_by("id")
    free = list(shelf.select_for_update(skip_locked=True)[:1]) if quantity == 1 else []
    return free or list(shelf.select_for_update()[:quantity])


def take_copy(book_id: int, barcode: str) -> list[Copy]:
    """Locks the copy of that barcode if it can be lent."""
    return list(lendable(book_id).filter(barcode=barcode).select_for_update())


def lend_out(loan: Loan, copies: list[Copy]) -> dict[int, int]:
    """Puts locked copies on a loan and tells each one's move."""
    LoanLine.objects.bulk_create([LoanLine(loan=loan, copy=copy) for copy in copies])
    return _move(copies, on_loan=True)


def bring_back(lines: Iterable[LoanLine], ending: LoanLine.Ending, now: datetime) -> dict[int, int]:
    """Ends open lines, frees their copies and tells each one's move."""
    ids = [line.pk for line in lines]
    copies = list(Copy.objects.select_for_update().filter(lines__in=ids).order_by("id"))
    LoanLine.objects.filter(pk__in=ids, ending="").update(ending=ending, ended_at=now)
    return _move(copies, on_loan=False)


def _move(copies: list[Copy], *, on_loan: bool) -> dict[int, int]:
    Copy.objects.filter(pk__in=[copy.pk for copy in copies]).update(on_loan=on_loan, moves=F("moves") + 1)
    return {copy.pk: copy.moves + 1 for copy in copies}

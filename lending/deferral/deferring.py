"""Writes that are only noted when lending can't do them now. Nothing here waits for a lock."""

from datetime import datetime

from kernel.observability.tracing import Trace, current_trace, request_in_force, tracing
from kernel.storage.databases import atomic_in
from lending.locks import lock_loan
from lending.models import Book, Loan, PutOffReturn, Return, Turn
from lending.overload.faults import faults
from lending.queries import loans, open_lines
from lending.services import CopyNotOnLoan, NotOnLoan, return_book


def note_request(*, patron_id: int, book_id: int, now: datetime, quantity: int = 1) -> Loan:
    """Accepts a borrow with one INSERT; `decide_loan` applies the rules later. Raises `Book.DoesNotExist`."""
    book = Book.objects.get(pk=book_id, withdrawn=False)
    faults.strike_database()
    loan = Loan.objects.create(
        patron_id=patron_id,
        book=book,
        title=book.title,
        quantity=quantity,
        status=Loan.Status.REQUESTED,
        requested_at=now,
        request_id=request_in_force(),
    )
    loan.all_lines = []
    return loan


def note_return(loan_id: int, *, now: datetime, quantity: int | None = None, barcode: str = "") -> PutOffReturn:
    """Accepts a return with one INSERT; `do_return` does it later, as of now.

    Raises `Loan.DoesNotExist`, and `NotOnLoan` when it can be seen already that fewer are out.
    """
    loan = Loan.objects.get(pk=loan_id)
    out = open_lines(loan).count()
    if loan.status != Loan.Status.ACTIVE or out < (quantity or 1):
        raise CopyNotOnLoan(barcode=barcode) if barcode else NotOnLoan(out=out, wanted=quantity or 1)

    faults.strike_database()
    return PutOffReturn.objects.create(
        loan=loan, quantity=quantity, barcode=barcode, asked_at=now, request_id=request_in_force()
    )


@atomic_in("lending")
def do_return(put_off_id: int, *, now: datetime) -> None:
    """Does a return as of the moment it was asked for, once. One that a rule refuses by now is kept with its code."""
    lock_loan(PutOffReturn.objects.only("loan_id").get(pk=put_off_id).loan_id)
    put_off = PutOffReturn.objects.filter(pk=put_off_id, done_at=None).first()
    if put_off is None:
        return
    try:
        with tracing(Trace(put_off.request_id) if put_off.request_id else current_trace()):
            return_book(put_off.loan_id, now=put_off.asked_at, quantity=put_off.quantity, barcode=put_off.barcode)
    except NotOnLoan as refusal:
        put_off.refusal = refusal.code
    put_off.done_at = now
    put_off.save(update_fields=["done_at", "refusal"])


def loan_made_at(patron_id: int, now: datetime) -> Loan | None:
    """The loan of this very request, if its transaction committed although the connection broke."""
    return loans().filter(patron=patron_id, requested_at=now).first()


def return_made_at(loan_id: int, now: datetime) -> Return | None:
    """The return of this very request, if its transaction committed although the connection broke."""
    made = Return.objects.filter(loan=loan_id, returned_at=now).first()
    if made:
        made.loan = loans().get(pk=loan_id)
    return made


def take_turn(work: str, *, now: datetime, until: datetime) -> bool:
    """Whether the work is the caller's until then: one worker has it at a time, and a dead one loses it in the end.

    A turn that seems to last longer than this one would was taken before the clock was set back, and is over.
    """
    turn, _ = Turn.objects.get_or_create(pk=work, defaults={"until": now})
    return not now < turn.until <= until and bool(Turn.objects.filter(pk=work, until=turn.until).update(until=until))


def end_turn(work: str, *, now: datetime) -> None:
    """Lets the next worker take its turn."""
    Turn.objects.filter(pk=work).update(until=now)

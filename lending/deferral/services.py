"""Deferral: writes that are only accepted when lending can't do them now. Nothing here waits for a lock."""

from datetime import date, datetime

from django.contrib.auth import get_user_model

from kernel.http.permissions import has_right
from kernel.observability.tracing import current_trace, tracing
from kernel.storage.databases import atomic_in
from lending.locks import lock_loan
from lending.models import Book, DeferredReturn, Lease, Loan, Return, trace_fields
from lending.overload.faults import faults
from lending.queries import loans, open_lines
from lending.returns.drop_box import NoSelfReturn, place_of_own_return
from lending.returns.refusals import CopyNotOnLoan, NotOnLoan, not_before_the_loan
from lending.returns.services import return_book

DOORS_OF_STAFF = {"desk", "admin"}


def defer_loan(*, patron_id: int, book_id: int, now: datetime, quantity: int = 1) -> Loan:
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
        **trace_fields(current_trace()),
    )
    loan.all_lines = []
    return loan


def defer_return(
    loan_id: int,
    *,
    now: datetime,
    quantity: int | None = None,
    barcode: str = "",
    of_patron: int | None = None,
    returned_on: date | None = None,
) -> DeferredReturn:
    """Accepts a return with one INSERT; `carry_out_return` does it later, as of now or of an earlier day.

    Raises `Loan.DoesNotExist`, also for a loan that is not `of_patron`'s, if one is named, `NotOnLoan` when it can be
    seen already that fewer are out, `BeforeTheLoan`, and `NoSelfReturn`.
    """
    loan = Loan.objects.get(pk=loan_id, **({"patron": of_patron} if of_patron is not None else {}))
    out = open_lines(loan).count()
    if loan.status != Loan.Status.ACTIVE or out < (quantity or 1):
        raise CopyNotOnLoan(barcode=barcode) if barcode else NotOnLoan(out=out, wanted=quantity or 1)
    not_before_the_loan(loan, returned_on)
    if of_patron is not None and loan.terms:
        place_of_own_return(loan.terms.rules)

    faults.strike_database()
    return DeferredReturn.objects.create(
        loan=loan,
        quantity=quantity,
        barcode=barcode,
        returned_on=returned_on,
        asked_at=now,
        **trace_fields(current_trace()),
    )


@atomic_in("lending")
def carry_out_return(deferred_id: int, *, now: datetime) -> None:
    """Does a return as of the moment it was asked for, once. One that a rule refuses by now is kept with its code."""
    lock_loan(DeferredReturn.objects.only("loan_id").get(pk=deferred_id).loan_id)
    deferred = DeferredReturn.objects.filter(pk=deferred_id, done_at=None).first()
    if deferred is None:
        return
    try:
        with tracing(deferred.trace):
            return_book(
                deferred.loan_id,
                now=deferred.asked_at,
                quantity=deferred.quantity,
                barcode=deferred.barcode,
                returned_on=deferred.returned_on,
                of_patron=_by_the_patron(deferred),
            )
    except (NotOnLoan, NoSelfReturn) as refusal:
        deferred.refusal = refusal.code
    deferred.done_at = now
    deferred.save(update_fields=["done_at", "refusal"])


def _by_the_patron(deferred: DeferredReturn) -> int | None:
    """The loan's patron, if it was the patron who returned it; not one who did so as a librarian."""
    patron, door = deferred.loan.patron_id, deferred.requested_via
    if patron is None or deferred.requested_by != patron or door in DOORS_OF_STAFF:
        return None
    by_hand = door == "api" and has_right(get_user_model().objects.get(pk=patron), "lending.change_loan")
    return None if by_hand else patron


def loan_made_at(patron_id: int, now: datetime) -> Loan | None:
    """The loan of this very request, if its transaction committed although the connection broke."""
    return loans().filter(patron=patron_id, requested_at=now).first()


def return_made_at(loan_id: int, now: datetime) -> Return | None:
    """The return of this very request, if its transaction committed although the connection broke."""
    made = Return.objects.filter(loan=loan_id, returned_at=now, voided_at=None).first()
    if made:
        made.loan = loans().get(pk=loan_id)
    return made


def take_lease(work: str, *, now: datetime, until: datetime) -> bool:
    """Whether the work is the caller's until then: one worker has it at a time, and a dead one loses it in the end.

    A lease that seems to last longer than this one would was taken before the clock was set back, and is over.
    """
    lease, _ = Lease.objects.get_or_create(pk=work, defaults={"until": now})
    return not now < lease.until <= until and bool(Lease.objects.filter(pk=work, until=lease.until).update(until=until))


def release_lease(work: str, *, now: datetime) -> None:
    """Lets the next worker take the lease."""
    Lease.objects.filter(pk=work).update(until=now)

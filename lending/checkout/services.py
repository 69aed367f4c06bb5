"""Borrowing: lock the patron, decide, take copies, write the loan, announce it."""

from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.utils import timezone

from kernel.observability.tracing import Trace, acting, current_trace
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from kernel.storage.instances import new_instance
from lending.checkout.allocation import DeskTerms, allocate, allocate_many
from lending.families.locks import lock_borrower, locking_borrower
from lending.holds.borrowing import CopyIsHeld
from lending.locks import lock_singles
from lending.models import Loan, trace_fields
from lending.policies.borrowers import Borrower
from lending.policies.eligibility import eligibility_of


@dataclass(frozen=True, kw_only=True)
class BorrowRequest:
    """What a patron asks to borrow at a moment, and the trace of the request that asks. `borrower` is what the caller
    has just read of the person; without it, it is read."""

    patron_id: int
    book_id: int
    requested_at: datetime
    quantity: int = 1
    borrower: Borrower | None = None
    trace: Trace = field(default_factory=current_trace)

    def new_loan(self) -> Loan:
        """The loan that is asked for, not saved yet."""
        values = {
            "patron_id": self.patron_id,
            "book_id": self.book_id,
            "quantity": self.quantity,
            "requested_at": self.requested_at,
        }
        return new_instance(Loan, values | trace_fields(self.trace))


def borrow_book(
    *,
    patron_id: int,
    book_id: int,
    now: datetime,
    quantity: int = 1,
    barcode: str = "",
    borrowed_on: date | None = None,
    due_on: date | None = None,
    volume: str | None = None,
    override: Collection[str] = (),
    reason: str = "",
    borrower: Borrower | None = None,
    keep: Callable[[Loan], object] = lambda _loan: None,
) -> Loan:
    """Lends copies of a book, or the very copy of that barcode.

    `borrowed_on` records a loan made earlier, while the system was away; `due_on` is a term typed for this loan;
    `volume` is asked for where the book's copies differ in it. What `override` names of the rules is decided against
    for that reason: whether somebody may do that is for the caller to ask. `borrower` is what the caller has just read
    of the person. `keep` is called in the transaction of the loan, and undoes it by raising. Raises
    `Book.DoesNotExist`, `VolumeNeeded`, `UnknownVolume` and what the rules of `policies/loan_rules.py` refuse; then
    nothing is changed.
    """
    desk = DeskTerms(barcode=barcode, borrowed_on=borrowed_on, due_on=due_on, volume=volume, override=override)
    request = BorrowRequest(
        patron_id=patron_id, book_id=book_id, quantity=quantity, requested_at=now, borrower=borrower
    )
    with acting(reason=reason) if reason else nullcontext():
        asked = replace(request, trace=current_trace()) if reason else request
        try:
            return _borrow(asked, now, desk, keep)
        except CopyIsHeld:
            return _borrow(asked, now, replace(desk, of_a_queue=True), keep)


@locking_borrower
def _borrow(request: BorrowRequest, now: datetime, desk: DeskTerms, keep: Callable[[Loan], object]) -> Loan:
    lock_borrower(request.patron_id)
    known = {request.patron_id: request.borrower} if request.borrower else {}
    eligibility = eligibility_of([request.patron_id], timezone.localdate(now), known)[request.patron_id]
    loan = request.new_loan()

    allocate(loan, eligibility, now=now, desk=desk)
    keep(loan)
    return loan


@atomic_in("lending", savepoint=False)
def borrow_books(requests: Sequence[BorrowRequest], *, now: datetime) -> list[Loan | Refused | None]:
    """Lends to many patrons in a few statements, each by the policy of its own, as `borrow_book` would; what became of
    each request.

    None stands for a request that `borrow_book` must decide: its patron has another request here, has a family or no
    account yet, its book is not known or has copies of several types, a rule for their type is against it, or somebody
    else is just taking its copies. It waits for no copy.
    """
    singles = lock_singles({request.patron_id for request in requests})
    known = {request.patron_id: request.borrower for request in requests if request.borrower}
    eligibility = eligibility_of(singles, timezone.localdate(now), known)
    first = {request.patron_id: place for place, request in reversed(list(enumerate(requests)))}
    decidable = sorted(place for patron, place in first.items() if patron in eligibility)
    loans = {place: requests[place].new_loan() for place in decidable}

    outcomes = allocate_many([(loan, eligibility[loan.holder]) for loan in loans.values()], now=now)
    by_place = dict(zip(loans, outcomes, strict=True))
    return [by_place.get(place) for place in range(len(requests))]

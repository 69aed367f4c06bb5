"""Borrowing: lock the patron, decide, take copies, write the loan, announce it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from kernel.observability.tracing import Trace, current_trace
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from lending.checkout.allocation import allocate, allocate_many
from lending.locks import lock_accounts, lock_known_accounts
from lending.models import Loan, trace_fields
from lending.policies.eligibility import eligibility_of


@dataclass(frozen=True, kw_only=True)
class BorrowRequest:
    """What a patron asks to borrow at a moment, and the trace of the request that asks."""

    patron_id: int
    book_id: int
    requested_at: datetime
    quantity: int = 1
    trace: Trace = field(default_factory=current_trace)

    def new_loan(self) -> Loan:
        """The loan that is asked for, not saved yet."""
        return Loan(
            patron_id=self.patron_id,
            book_id=self.book_id,
            quantity=self.quantity,
            requested_at=self.requested_at,
            **trace_fields(self.trace),
        )


@atomic_in("lending")
def borrow_book(
    *,
    patron_id: int,
    book_id: int,
    now: datetime,
    quantity: int = 1,
    barcode: str = "",
    borrowed_on: date | None = None,
) -> Loan:
    """Lends copies of a book, or the very copy of that barcode.

    `borrowed_on` records a loan made earlier, while the system was away. Raises `Book.DoesNotExist`,
    `PatronBlocked`, `LoanLimitReached`, `NoOpenDay`, `NotForLoan` and `OutOfStock`; then nothing is changed.
    """
    lock_accounts([patron_id])
    eligibility = eligibility_of([patron_id], timezone.localdate(now))[patron_id]
    request = BorrowRequest(patron_id=patron_id, book_id=book_id, quantity=quantity, requested_at=now)
    loan = request.new_loan()

    allocate(loan, eligibility, now=now, barcode=barcode, borrowed_on=borrowed_on)
    return loan


@atomic_in("lending")
def borrow_books(requests: Sequence[BorrowRequest], *, now: datetime) -> list[Loan | Refused | None]:
    """Lends to many patrons in a few statements, each as `borrow_book` would; what became of each request.

    None stands for a request that `borrow_book` must decide: its patron has another request here or no account yet,
    its book is not known, or somebody else is just taking its copies. It waits for no copy.
    """
    accounts = lock_known_accounts({request.patron_id for request in requests})
    eligibility = eligibility_of(accounts, timezone.localdate(now))
    first = {request.patron_id: place for place, request in reversed(list(enumerate(requests)))}
    decidable = sorted(place for patron, place in first.items() if patron in eligibility)
    loans = {place: requests[place].new_loan() for place in decidable}

    outcomes = allocate_many([(loan, eligibility[loan.patron_id]) for loan in loans.values()], now=now)
    by_place = dict(zip(loans, outcomes, strict=True))
    return [by_place.get(place) for place in range(len(requests))]

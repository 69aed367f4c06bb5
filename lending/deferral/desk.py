"""What people's pages do under overload: the work in a slot of admission control, or a deferral."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from kernel.storage.databases import after_commit_in, atomic_in
from kernel.storage.retries import with_retries
from lending.checkout.services import borrow_book
from lending.deferral.services import defer_loan, defer_return, loan_made_at, return_made_at
from lending.deferral.tasks import decide_soon
from lending.models import Loan, Return
from lending.overload.admission import NOT_BEGUN, OVERLOAD, admission
from lending.returns.services import return_book

Result = TypeVar("Result")
Keep = Callable[[Result], object]
"""Keeps what came of it: called in the transaction of the effect, which is rolled back if it raises."""


def admit(service: Callable[[], Result], keep: Keep[Result] | None = None) -> Result:
    """Calls a service in a slot of admission control. Raises what `OVERLOAD` lists when there is too much to do; then
    nothing is changed, unless the connection broke during the commit."""
    try:
        with admission.slot():
            return with_retries(partial(_kept, service, keep) if keep else service)
    except OVERLOAD as why:
        admission.count_deferral(why)
        raise


def lend(*, patron_id: int, book_id: int, now: datetime, keep: Keep[Loan], volume: str = "") -> Loan:
    """Lends a copy of the book, of that volume where its copies differ in it, or accepts the request, which is decided
    soon.

    Raises `Book.DoesNotExist` and what `borrow_book` refuses, and what `OVERLOAD` lists where a volume was asked for.
    """
    try:
        return admit(partial(borrow_book, patron_id=patron_id, book_id=book_id, volume=volume, now=now), keep)
    except OVERLOAD as why:
        if not isinstance(why, NOT_BEGUN) and (made := loan_made_at(patron_id, now)):
            return made
        if volume:
            raise
    with atomic_in("lending"):
        loan = defer_loan(patron_id=patron_id, book_id=book_id, now=now)
        keep(loan)
    after_commit_in("lending", decide_soon)
    return loan


def take_back(
    loan_id: int,
    *,
    now: datetime,
    barcode: str = "",
    of_patron: int | None = None,
    returned_on: date | None = None,
    keep: Keep[Return | None] | None = None,
) -> Return | None:
    """Takes back the copy of that barcode, or all copies that are out. None: it is accepted, and done soon as of `now`.

    Raises `Loan.DoesNotExist`, also for a loan that is not `of_patron`'s, if one is named, `NotOnLoan` and
    `BeforeTheLoan`.
    """
    what: dict[str, Any] = {"barcode": barcode, "of_patron": of_patron, "returned_on": returned_on}
    try:
        return admit(partial(return_book, loan_id, now=now, **what), keep)
    except OVERLOAD as why:
        if not isinstance(why, NOT_BEGUN) and (made := return_made_at(loan_id, now)):
            return made
    with atomic_in("lending"):
        defer_return(loan_id, now=now, **what)
        if keep:
            keep(None)
    after_commit_in("lending", decide_soon)
    return None


@atomic_in("lending")
def _kept(service: Callable[[], Result], keep: Keep[Result]) -> Result:
    result = service()
    keep(result)
    return result

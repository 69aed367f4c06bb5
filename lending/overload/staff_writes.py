"""What librarians do for somebody who stands before them: at a place of the guard, like all of lending's writes."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from kernel.storage.databases import after_commit_in
from kernel.storage.retries import with_retries
from lending.deferral.deferring import note_return, return_made_at
from lending.deferral.tasks import decide_soon
from lending.models import Return
from lending.overload.admission import NOT_BEGUN, OVERLOAD, guard
from lending.services import return_book

Result = TypeVar("Result")


def at_the_desk(service: Callable[[], Result]) -> Result:
    """Does it after its turn in line. Raises what `OVERLOAD` lists when there is too much to do; then nothing is
    changed, unless the connection broke at the end."""
    try:
        with guard.place():
            return with_retries(service)
    except OVERLOAD as why:
        guard.note_fallback(why)
        raise


def take_back(loan_id: int, *, now: datetime, barcode: str = "") -> Return | None:
    """Takes back the copy of that barcode, or all that are out. None: it is accepted, and done soon as of now.

    Raises `Loan.DoesNotExist` and `NotOnLoan`.
    """
    try:
        return at_the_desk(partial(return_book, loan_id, now=now, barcode=barcode))
    except OVERLOAD as why:
        if not isinstance(why, NOT_BEGUN) and (brought := return_made_at(loan_id, now)):
            return brought
    note_return(loan_id, now=now, barcode=barcode)
    after_commit_in("lending", decide_soon)
    return None

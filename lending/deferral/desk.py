"""What the desk and the staff side do under overload: the work in a slot of admission control, or a deferral."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from kernel.storage.databases import after_commit_in
from kernel.storage.retries import with_retries
from lending.deferral.services import defer_return, return_made_at
from lending.deferral.tasks import decide_soon
from lending.models import Return
from lending.overload.admission import NOT_BEGUN, OVERLOAD, admission
from lending.returns.services import return_book

Result = TypeVar("Result")


def admit(service: Callable[[], Result]) -> Result:
    """Calls a service in a slot of admission control. Raises what `OVERLOAD` lists when there is too much to do; then
    nothing is changed, unless the connection broke during the commit."""
    try:
        with admission.slot():
            return with_retries(service)
    except OVERLOAD as why:
        admission.count_deferral(why)
        raise


def take_back(loan_id: int, *, now: datetime, barcode: str = "") -> Return | None:
    """Takes back the copy of that barcode, or all copies that are out. None: it is accepted, and done soon as of `now`.

    Raises `Loan.DoesNotExist` and `NotOnLoan`.
    """
    try:
        return admit(partial(return_book, loan_id, now=now, barcode=barcode))
    except OVERLOAD as why:
        if not isinstance(why, NOT_BEGUN) and (made := return_made_at(loan_id, now)):
            return made
    defer_return(loan_id, now=now, barcode=barcode)
    after_commit_in("lending", decide_soon)
    return None

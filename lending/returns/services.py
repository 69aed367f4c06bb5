"""Returning: copies of a loan come back, some or all."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish
from kernel.refusals import Refused
from kernel.storage.databases import after_commit_in, atomic_in
from kernel.values.scans import is_same
from lending.events import BookReturned
from lending.locks import lock_loan, save_next_version
from lending.metrics import RETURNS
from lending.models import Loan, LoanLine, Return
from lending.rules import days_late
from lending.stock.copies import bring_back


class NotOnLoan(Refused):
    code = "not_on_loan"
    sentence = _("Not so many copies are on loan: %(wanted)s to return, %(out)s on loan.")


class CopyNotOnLoan(NotOnLoan):
    sentence = _("The copy %(barcode)s is not on loan.")


@atomic_in("lending")
def return_book(
    loan_id: int, *, now: datetime, quantity: int | None = None, barcode: str = "", of_patron: int | None = None
) -> Return:
    """Takes back some copies of a loan, the one of that barcode, or all that are out.

    Raises `Loan.DoesNotExist`, also for a loan that is not `of_patron`'s, if one is named, and `NotOnLoan` when fewer
    are out; then nothing is changed.
    """
    loan = lock_loan(loan_id, of_patron=of_patron)
    lines = sorted((line for line in loan.all_lines if not line.ending), key=lambda line: line.copy_id)
    coming = [line for line in lines if is_same(barcode, line.copy.barcode)] if barcode else lines[:quantity]
    if not coming or len(coming) < (quantity or 1) or loan.due_on is None:
        raise NotOnLoan(out=len(lines), wanted=quantity or 1)

    came_back = bring_back(coming, LoanLine.Ending.RETURNED, now)
    if len(coming) == len(lines):
        loan.status, loan.returned_at = Loan.Status.RETURNED, now
    late = days_late(loan.due_on, timezone.localdate(now))
    made = Return.objects.create(loan=loan, quantity=len(coming), returned_at=now, days_late=late)
    save_next_version(loan)

    publish(
        BookReturned(
            **loan.facts(now, outstanding=len(lines) - len(coming)),
            came_back=came_back,
            return_id=made.pk,
            returned=made.quantity,
            returned_on=timezone.localdate(now),
            days_late=late,
        )
    )
    after_commit_in("lending", RETURNS.inc)
    return made


def return_copy(barcode: str, *, now: datetime) -> Return:
    """Takes back the copy of that barcode, whoever has it. Raises `NotOnLoan`."""
    return return_book(loan_of_copy(barcode), barcode=barcode, now=now)


def loan_of_copy(barcode: str, returned_at: datetime | None = None) -> int:
    """The id of the loan that gave that copy back at that very moment, or else that has it now. Raises `NotOnLoan`."""
    lines = LoanLine.objects.filter(copy__barcode__anycase=barcode)
    came_back = lines.filter(ending="returned", ended_at=returned_at).first() if returned_at else None
    line = came_back or lines.filter(ending="").first()
    if line is None:
        raise CopyNotOnLoan(barcode=barcode)
    return line.loan_id

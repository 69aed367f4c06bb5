"""Returning: copies of a loan come back, some or all."""

from dataclasses import asdict
from datetime import date, datetime

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
from lending.policies.borrowers import Borrower, borrowers
from lending.policies.late_returns import LateReturn, late_return
from lending.policies.table import policies_now
from lending.policy_fields import Rules
from lending.stock.copies import bring_back
from lending.suspensions.services import recompute_suspension


class NotOnLoan(Refused):
    code = "not_on_loan"
    sentence = _("Not so many copies are on loan: %(wanted)s to return, %(out)s on loan.")


class CopyNotOnLoan(NotOnLoan):
    sentence = _("The copy %(barcode)s is not on loan.")


class BeforeTheLoan(Refused):
    code = "before_the_loan"
    sentence = _("It was lent on %(borrowed_on)s and can't have come back before.")


@atomic_in("lending")
def return_book(
    loan_id: int,
    *,
    now: datetime,
    quantity: int | None = None,
    barcode: str = "",
    of_patron: int | None = None,
    returned_on: date | None = None,
) -> Return:
    """Takes back some copies of a loan, the one of that barcode, or all that are out, as of today or an earlier day.

    Raises `Loan.DoesNotExist`, also for a loan that is not `of_patron`'s, if one is named, `NotOnLoan` when fewer are
    out, and `BeforeTheLoan`; then nothing is changed.
    """
    loan = lock_loan(loan_id, of_patron=of_patron)
    lines = sorted((line for line in loan.all_lines if not line.ending), key=lambda line: line.copy_id)
    coming = [line for line in lines if is_same(barcode, line.copy.barcode)] if barcode else lines[:quantity]
    if not coming or len(coming) < (quantity or 1) or loan.due_on is None:
        raise NotOnLoan(out=len(lines), wanted=quantity or 1)
    not_before_the_loan(loan, returned_on)
    day = returned_on or timezone.localdate(now)
    patron = borrowers([loan.patron_id])[loan.patron_id]
    rules = _rules_of(loan, patron, coming[0].copy.type).late
    late = late_return(loan.due_on, day, rules)

    made = _kept(loan, len(coming), day, late, now)
    came_back = bring_back(coming, LoanLine.Ending.RETURNED, now, made)
    if len(coming) == len(lines):
        loan.status, loan.returned_at = Loan.Status.RETURNED, now
    save_next_version(loan)
    made.suspended_until = loan.account.suspended_until
    if made.suspension_days:
        made.suspended_until = recompute_suspension(loan.patron_id, now=now, return_id=made.pk)

    publish(_announced(made, coming, patron, now, came_back=came_back))
    after_commit_in("lending", RETURNS.inc)
    return made


def _kept(loan: Loan, copies: int, day: date, late: LateReturn, now: datetime) -> Return:
    return Return.objects.create(
        loan=loan,
        patron_id=loan.patron_id,
        quantity=copies,
        returned_at=now,
        returned_on=day,
        version=loan.version + 1,
        **asdict(late),
    )


def _announced(
    made: Return, coming: list[LoanLine], patron: Borrower, now: datetime, came_back: dict[int, int]
) -> BookReturned:
    out = sum(not line.ending for line in made.loan.all_lines)
    return BookReturned(
        **made.loan.facts(now, outstanding=out),
        came_back=came_back,
        return_id=made.pk,
        returned=made.quantity,
        returned_on=made.returned_on,
        days_late=made.days_late,
        days_counted=made.days_counted,
        late_as=made.late_as,
        category=patron.category,
        copy_type=coming[0].copy.type,
        prices={line.copy_id: line.copy.price for line in coming},
    )


def not_before_the_loan(loan: Loan, returned_on: date | None) -> None:
    """Raises `BeforeTheLoan` where the loan was made after that day."""
    if returned_on and loan.borrowed_at and returned_on < (lent_on := timezone.localdate(loan.borrowed_at)):
        raise BeforeTheLoan(borrowed_on=lent_on)


def _rules_of(loan: Loan, patron: Borrower, copy_type: str) -> Rules:
    """The rules that a loan keeps; one that was made without has those of today."""
    if loan.terms:
        return loan.terms.rules
    return policies_now().deciding(patron.category, copy_type, timezone.localdate()).rules


def return_copy(barcode: str, *, now: datetime, returned_on: date | None = None) -> Return:
    """Takes back the copy of that barcode, whoever has it. Raises `NotOnLoan` and `BeforeTheLoan`."""
    return return_book(loan_of_copy(barcode), barcode=barcode, now=now, returned_on=returned_on)


def loan_of_copy(barcode: str, returned_at: datetime | None = None) -> int:
    """The id of the loan that gave that copy back at that very moment, or else that has it now. Raises `NotOnLoan`."""
    lines = LoanLine.objects.filter(copy__barcode__anycase=barcode)
    came_back = lines.filter(ending="returned", ended_at=returned_at).first() if returned_at else None
    line = came_back or lines.filter(ending="").first()
    if line is None:
        raise CopyNotOnLoan(barcode=barcode)
    return line.loan_id

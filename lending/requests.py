"""Loans that are accepted first and decided later."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lending.events import LoanCancelled
from lending.locks import lock_account, lock_loan, save_next_version
from lending.models import Book, Loan
from lending.policy import refuse_by_policy
from lending.queries import policy_on
from lending.services import lend
from library.databases import atomic_in
from library.eventbus.publishing import publish
from library.refusal import Refused


class NotCancellable(Refused):
    code = "not_cancellable"
    sentence = _("Only a loan that is still requested can be cancelled; this one is %(status)s.")


@atomic_in("lending")
def request_loan(*, patron_id: int, book_id: int, now: datetime, quantity: int = 1) -> Loan:
    """Accepts a borrow that `decide_loan` decides later, in order. Raises `Book.DoesNotExist`,
    `PatronBlocked` and `LoanLimitReached`."""
    book = Book.objects.get(pk=book_id, withdrawn=False)
    lock_account(patron_id)
    loan = Loan(patron_id=patron_id, book=book, title=book.title, quantity=quantity, requested_at=now)
    refuse_by_policy(loan, policy_on(timezone.localdate(now)))

    loan.status = Loan.Status.REQUESTED
    loan.save()
    return loan


@atomic_in("lending")
def decide_loan(loan_id: int, *, now: datetime) -> Loan:
    """Lends what was requested, or cancels the loan with the reason why not. A decided loan stays as it is."""
    loan = lock_loan(loan_id)
    if loan.status != Loan.Status.REQUESTED:
        return loan
    try:
        with atomic_in("lending"):
            if loan.book.withdrawn:
                raise Book.DoesNotExist
            policy = policy_on(timezone.localdate(now))
            refuse_by_policy(loan, policy)
            lend(loan, policy, now)
    except Refused as refusal:
        _cancel_request(loan, Loan.CancelReason(refusal.code), now)
    except Book.DoesNotExist:
        _cancel_request(loan, Loan.CancelReason.BOOK_WITHDRAWN, now)
    return loan


@atomic_in("lending")
def cancel_loan(loan_id: int, *, now: datetime) -> Loan:
    """Calls off a loan that is still requested. Raises `Loan.DoesNotExist` and `NotCancellable`."""
    loan = lock_loan(loan_id)
    if loan.status != Loan.Status.REQUESTED:
        raise NotCancellable(status=loan.get_status_display())

    _cancel_request(loan, Loan.CancelReason.BY_PATRON, now)
    return loan


def _cancel_request(loan: Loan, reason: Loan.CancelReason, now: datetime) -> None:
    """Ends a requested loan and says so."""
    loan.status, loan.cancel_reason = Loan.Status.CANCELLED, reason
    save_next_version(loan)

    publish(LoanCancelled(**loan.story(now, outstanding=0), cancelled=loan.quantity, reason=reason))

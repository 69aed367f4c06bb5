"""What people do at the lending desk."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lending.copies import bring_back, lend_out, lendable, take_copies, take_copy
from lending.events import BookBorrowed, BookReturned, LoanRenewed
from lending.locks import lock_account, lock_loan, save_next_version
from lending.models import Book, Loan, LoanLine, LoanPolicy, Return
from lending.policy import refuse_by_policy
from lending.queries import open_lines, policy_on, standing_of
from lending.rules import days_late, due_date, why_not_renewable
from library.databases import atomic_in
from library.eventbus.publishing import publish
from library.refusal import Refused


class OutOfStock(Refused):
    code = "out_of_stock"
    sentence = _("There are not enough copies: %(wanted)s asked for, %(available)s can be borrowed now.")
    shown = ("available",)


class CopyNotLendable(OutOfStock):
    sentence = _("The copy %(barcode)s can't be lent: it is on loan or withdrawn.")


class NotOnLoan(Refused):
    code = "not_on_loan"
    sentence = _("Not so many copies are on loan: %(wanted)s to return, %(out)s on loan.")


class CopyNotOnLoan(NotOnLoan):
    sentence = _("The copy %(barcode)s is not on loan.")


class RenewalRefused(Refused):
    code = "renewal_refused"
    sentence = _("This loan can't be renewed: %(why)s.")
    shown = ("reason",)


WHY_NOT_RENEWABLE = {
    "not_on_loan": _("it is not on loan"),
    "overdue": _("it is overdue"),
    "already_renewed": _("it was renewed as often as the rules allow"),
    "patron_blocked": _("fines must be paid first"),
}


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
    `PatronBlocked`, `LoanLimitReached` and `OutOfStock`; then nothing is changed.
    """
    book = Book.objects.get(pk=book_id, withdrawn=False)
    lock_account(patron_id)
    loan = Loan(patron_id=patron_id, book=book, title=book.title, quantity=quantity, requested_at=now)
    policy = policy_on(timezone.localdate(now))
    refuse_by_policy(loan, policy)

    lend(loan, policy, now, borrowed_on=borrowed_on, barcode=barcode)
    return loan


@atomic_in("lending")
def return_book(loan_id: int, *, now: datetime, quantity: int | None = None, barcode: str = "") -> Return:
    """Takes back some copies of a loan, the one of that barcode, or all that are out.

    Raises `Loan.DoesNotExist`, and `NotOnLoan` when fewer are out; then nothing is changed.
    """
    loan = lock_loan(loan_id)
    lines = list(open_lines(loan))
    coming = [line for line in lines if line.copy.barcode == barcode] if barcode else lines[:quantity]
    if not coming or len(coming) < (quantity or 1) or loan.due_on is None:
        raise NotOnLoan(out=len(lines), wanted=quantity or 1)

    came_back = bring_back(coming, LoanLine.Ending.RETURNED, now)
    if len(coming) == len(lines):
        loan.status, loan.returned_at = Loan.Status.RETURNED, now
    late = days_late(loan.due_on, timezone.localdate(now))
    bringing = Return.objects.create(loan=loan, quantity=len(coming), returned_at=now, days_late=late)
    save_next_version(loan)

    publish(
        BookReturned(
            **loan.story(now, outstanding=len(lines) - len(coming)),
            came_back=came_back,
            return_id=bringing.pk,
            returned=bringing.quantity,
            returned_on=timezone.localdate(now),
            days_late=late,
        )
    )
    return bringing


def return_copy(barcode: str, *, now: datetime) -> Return:
    """Takes back the copy of that barcode, whoever has it. Raises `NotOnLoan`."""
    return return_book(loan_of_copy(barcode), barcode=barcode, now=now)


def loan_of_copy(barcode: str, returned_at: datetime | None = None) -> int:
    """The id of the loan that gave that copy back at that very moment, or else that has it now. Raises `NotOnLoan`."""
    lines = LoanLine.objects.filter(copy__barcode=barcode)
    came_back = lines.filter(ending="returned", ended_at=returned_at).first() if returned_at else None
    line = came_back or lines.filter(ending="").first()
    if line is None:
        raise CopyNotOnLoan(barcode=barcode)
    return line.loan_id


@atomic_in("lending")
def renew_loan(loan_id: int, *, now: datetime) -> Loan:
    """Moves the due date one loan period on. Raises `Loan.DoesNotExist` and `RenewalRefused`."""
    loan = lock_loan(loan_id)
    policy = policy_on(timezone.localdate(now))
    reason = why_not_renewable(
        status=loan.status,
        due_on=loan.due_on,
        renewals=loan.renewals,
        max_renewals=policy.max_renewals,
        blocked=standing_of(loan.patron_id)["owed"] >= policy.blocked_from,
        today=timezone.localdate(now),
    )
    if reason or loan.due_on is None:
        raise RenewalRefused(reason=reason, why=WHY_NOT_RENEWABLE[reason])

    loan.due_on = due_date(loan.due_on, policy.loan_days)
    loan.renewals += 1
    save_next_version(loan)

    publish(LoanRenewed(**loan.story(now, outstanding=open_lines(loan).count())))
    return loan


def lend(loan: Loan, policy: LoanPolicy, now: datetime, *, borrowed_on: date | None = None, barcode: str = "") -> None:
    """Gives the loan its copies and its due date, and says so. Raises `OutOfStock`.

    `policy` is the one in force today; a loan recorded later than it was made has the loan period of its own day.
    """
    copies = take_copy(loan.book_id, barcode) if barcode else take_copies(loan.book_id, loan.quantity)
    if barcode and not copies:
        raise CopyNotLendable(barcode=barcode, available=lendable(loan.book_id).count())
    if len(copies) < loan.quantity:
        raise OutOfStock(available=lendable(loan.book_id).count(), wanted=loan.quantity)

    loan.status, loan.borrowed_at, day = Loan.Status.ACTIVE, now, timezone.localdate(now)
    if borrowed_on and borrowed_on != day:
        loan.borrowed_at, day = timezone.make_aware(datetime.combine(borrowed_on, time())), borrowed_on
        policy = policy_on(borrowed_on)
    loan.due_on = due_date(day, policy.loan_days)
    save_next_version(loan)
    lent = lend_out(loan, copies)

    publish(BookBorrowed(**loan.story(now, outstanding=loan.quantity), lent=lent))

"""What people do at the lending desk.

Whoever changes a patron's loans locks the patron's account first and copies after it, everywhere.
"""

from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lending.copies import bring_back, lend_out, lendable, take_copies, take_copy
from lending.events import BookBorrowed, BookReturned, LoanCancelled, LoanRenewed
from lending.models import Book, Debt, Loan, LoanLine, LoanPolicy, Patron, Return
from lending.queries import open_lines, policy_on
from lending.rules import days_late, due_date, why_not_renewable
from library.eventbus.publishing import publish
from library.refusal import Refused


class OutOfStock(Refused):
    code = "out_of_stock"
    sentence = _("Only %(available)s copies of this book can be borrowed now, %(wanted)s were asked for.")
    shown = ("available",)


class LoanLimitReached(Refused):
    code = "loan_limit_reached"
    sentence = _("A patron may have %(limit)s copies out; %(out)s are out or asked for already.")


class PatronBlocked(Refused):
    code = "patron_blocked"
    sentence = _("Borrowing is blocked until fines are paid: %(owed)s KRW are owed, the limit is %(limit)s KRW.")


class NotOnLoan(Refused):
    code = "not_on_loan"
    sentence = _("%(out)s copies are on loan, %(wanted)s can't be returned.")


class RenewalRefused(Refused):
    code = "renewal_refused"
    sentence = _("This loan can't be renewed: %(why)s.")
    shown = ("reason",)


class NotCancellable(Refused):
    code = "not_cancellable"
    sentence = _("Only a loan that is still requested can be cancelled; this one is %(status)s.")


class PolicyExists(Refused):
    code = "policy_exists"
    sentence = _("There is a loan policy from %(valid_from)s on already; choose another day.")


WHY_NOT_RENEWABLE = {
    "not_on_loan": _("it is not on loan"),
    "overdue": _("it is overdue"),
    "already_renewed": _("it was renewed as often as the rules allow"),
    "patron_blocked": _("fines must be paid first"),
}


@transaction.atomic
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
    _refuse_by_policy(loan, policy_on(timezone.localdate(now)))

    _lend(loan, borrowed_on or timezone.localdate(now), now, barcode)
    return loan


@transaction.atomic
def request_loan(*, patron_id: int, book_id: int, now: datetime, quantity: int = 1) -> Loan:
    """Accepts a borrow that `decide_loan` decides later, in order. Raises `Book.DoesNotExist`,
    `PatronBlocked` and `LoanLimitReached`."""
    book = Book.objects.get(pk=book_id, withdrawn=False)
    lock_account(patron_id)
    loan = Loan(patron_id=patron_id, book=book, title=book.title, quantity=quantity, requested_at=now)
    _refuse_by_policy(loan, policy_on(timezone.localdate(now)))

    loan.status = Loan.Status.REQUESTED
    loan.save()
    return loan


@transaction.atomic
def decide_loan(loan_id: int, *, now: datetime) -> Loan:
    """Lends what was requested, or cancels the loan with the reason why not. A decided loan stays as it is."""
    loan = lock_loan(loan_id)
    if loan.status != Loan.Status.REQUESTED:
        return loan
    try:
        with transaction.atomic():
            if loan.book.withdrawn:
                raise Book.DoesNotExist
            _refuse_by_policy(loan, policy_on(timezone.localdate(now)))
            _lend(loan, timezone.localdate(now), now)
    except Refused as refusal:
        _cancel_request(loan, Loan.CancelReason(refusal.code), now)
    except Book.DoesNotExist:
        _cancel_request(loan, Loan.CancelReason.BOOK_WITHDRAWN, now)
    return loan


@transaction.atomic
def cancel_loan(loan_id: int, *, now: datetime) -> Loan:
    """Calls off a loan that is still requested. Raises `Loan.DoesNotExist` and `NotCancellable`."""
    loan = lock_loan(loan_id)
    if loan.status != Loan.Status.REQUESTED:
        raise NotCancellable(status=loan.get_status_display())

    _cancel_request(loan, Loan.CancelReason.BY_PATRON, now)
    return loan


@transaction.atomic
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
    line = LoanLine.objects.filter(copy__barcode=barcode, ending="").first()
    if line is None:
        raise NotOnLoan(out=0, wanted=1)
    return return_book(line.loan_id, barcode=barcode, now=now)


@transaction.atomic
def adopt_policy(
    *, valid_from: date, loan_days: int, max_copies: int, max_renewals: int, blocked_from: int
) -> LoanPolicy:
    """Sets the rules of lending from a day on. Loans made before keep their due dates. Raises `PolicyExists`."""
    try:
        with transaction.atomic():
            return LoanPolicy.objects.create(
                valid_from=valid_from,
                loan_days=loan_days,
                max_copies=max_copies,
                max_renewals=max_renewals,
                blocked_from=blocked_from,
            )
    except IntegrityError as error:
        raise PolicyExists(valid_from=valid_from) from error


@transaction.atomic
def renew_loan(loan_id: int, *, now: datetime) -> Loan:
    """Moves the due date one loan period on. Raises `Loan.DoesNotExist` and `RenewalRefused`."""
    loan = lock_loan(loan_id)
    policy = policy_on(timezone.localdate(now))
    reason = why_not_renewable(
        status=loan.status,
        due_on=loan.due_on,
        renewals=loan.renewals,
        max_renewals=policy.max_renewals,
        blocked=_debt_of(loan.patron_id) >= policy.blocked_from,
        today=timezone.localdate(now),
    )
    if reason or loan.due_on is None:
        raise RenewalRefused(reason=reason, why=WHY_NOT_RENEWABLE[reason])

    loan.due_on = due_date(loan.due_on, policy.loan_days)
    loan.renewals += 1
    save_next_version(loan)

    publish(LoanRenewed(**loan.story(now, outstanding=open_lines(loan).count())))
    return loan


def lock_account(patron_id: int) -> None:
    """Locks a patron's account, opening it if `PatronRegistered` has not come yet. Needs a transaction."""
    Patron.objects.get_or_create(pk=patron_id)
    Patron.objects.select_for_update().get(pk=patron_id)


def lock_loan(loan_id: int) -> Loan:
    """The loan, read after its patron's account was locked. Raises `Loan.DoesNotExist`."""
    lock_account(Loan.objects.only("patron_id").get(pk=loan_id).patron_id)
    return Loan.objects.select_related("book").get(pk=loan_id)


def save_next_version(loan: Loan) -> None:
    """Saves a changed loan under the version that its next event will carry."""
    loan.version += 1
    loan.save()


def _refuse_by_policy(loan: Loan, policy: LoanPolicy) -> None:
    owed = _debt_of(loan.patron_id)
    if owed >= policy.blocked_from:
        raise PatronBlocked(owed=owed, limit=policy.blocked_from)
    out = LoanLine.objects.filter(loan__patron=loan.patron_id, loan__status="active", ending="").count()
    asked = Loan.objects.filter(patron=loan.patron_id, status="requested").exclude(pk=loan.pk)
    out += asked.aggregate(copies=Sum("quantity"))["copies"] or 0
    if out + loan.quantity > policy.max_copies:
        raise LoanLimitReached(limit=policy.max_copies, out=out)


def _debt_of(patron_id: int) -> int:
    return Debt.objects.filter(patron_id=patron_id, owed__gt=0).aggregate(owed=Sum("owed"))["owed"] or 0


def _lend(loan: Loan, borrowed_on: date, now: datetime, barcode: str = "") -> None:
    """Gives the loan its copies and its due date, and says so. Raises `OutOfStock`."""
    copies = take_copy(loan.book_id, barcode) if barcode else take_copies(loan.book_id, loan.quantity)
    if len(copies) < loan.quantity:
        raise OutOfStock(available=lendable(loan.book_id).count(), wanted=loan.quantity)

    today = borrowed_on == timezone.localdate(now)
    loan.status = Loan.Status.ACTIVE
    loan.borrowed_at = now if today else timezone.make_aware(datetime.combine(borrowed_on, time()))
    loan.due_on = due_date(borrowed_on, policy_on(borrowed_on).loan_days)
    save_next_version(loan)
    lent = lend_out(loan, copies)

    publish(BookBorrowed(**loan.story(now, outstanding=loan.quantity), lent=lent))


def _cancel_request(loan: Loan, reason: Loan.CancelReason, now: datetime) -> None:
    """Ends a requested loan and says so."""
    loan.status, loan.cancel_reason = Loan.Status.CANCELLED, reason
    save_next_version(loan)

    publish(LoanCancelled(**loan.story(now, outstanding=0), cancelled=loan.quantity, reason=reason))

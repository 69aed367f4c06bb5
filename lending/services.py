"""What people do at the lending desk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish
from kernel.observability.tracing import request_in_force
from kernel.refusals import Refused
from kernel.storage.databases import after_commit_in, atomic_in
from lending.checkout.allocation import lend, lend_together
from lending.events import BookReturned, LoanRenewed
from lending.locks import lock_accounts, lock_known_accounts, lock_loan, save_next_version
from lending.metrics import RETURNS
from lending.models import Loan, LoanLine, Return
from lending.policies.eligibility import standings_of
from lending.rules import days_late, due_date, why_not_renewable
from lending.stock.copies import bring_back


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


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a patron asked to borrow at a moment."""

    patron_id: int
    book_id: int
    asked_at: datetime
    quantity: int = 1
    request_id: UUID | None = field(default_factory=request_in_force)


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
    lock_accounts([patron_id])
    standing = standings_of([patron_id], timezone.localdate(now))[patron_id]
    wish = Wish(patron_id=patron_id, book_id=book_id, quantity=quantity, asked_at=now)
    loan = _loan_wished(wish)

    lend(loan, standing, now=now, barcode=barcode, borrowed_on=borrowed_on)
    return loan


@atomic_in("lending")
def borrow_together(wishes: Sequence[Wish], *, now: datetime) -> list[Loan | Refused | None]:
    """Lends to many patrons in a few statements, each as `borrow_book` would; what became of each wish.

    None stands for one that must be asked alone: its patron has another wish here or no account yet, its book is not
    known, or somebody else is just taking its copies. It waits for no copy.
    """
    standings = standings_of(lock_known_accounts({wish.patron_id for wish in wishes}), timezone.localdate(now))
    first = {wish.patron_id: place for place, wish in reversed(list(enumerate(wishes)))}
    known = sorted(place for patron, place in first.items() if patron in standings)
    loans = {place: _loan_wished(wishes[place]) for place in known}

    outcomes = lend_together([(loan, standings[loan.patron_id]) for loan in loans.values()], now=now)
    found = dict(zip(loans, outcomes, strict=True))
    return [found.get(place) for place in range(len(wishes))]


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
    after_commit_in("lending", RETURNS.inc)
    return bringing


def _loan_wished(wish: Wish) -> Loan:
    return Loan(
        patron_id=wish.patron_id,
        book_id=wish.book_id,
        quantity=wish.quantity,
        requested_at=wish.asked_at,
        request_id=wish.request_id,
    )


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
def renew_loan(loan_id: int, *, now: datetime, of_patron: int | None = None) -> Loan:
    """Moves the due date one loan period on. Raises `Loan.DoesNotExist`, also for a loan that is not `of_patron`'s, if
    one is named, and `RenewalRefused`."""
    loan = lock_loan(loan_id, of_patron=of_patron)
    standing = standings_of([loan.patron_id], timezone.localdate(now))[loan.patron_id]
    reason = why_not_renewable(
        status=loan.status,
        due_on=loan.due_on,
        renewals=loan.renewals,
        max_renewals=standing.policy.max_renewals,
        blocked=standing.owed >= standing.policy.blocked_from,
        today=timezone.localdate(now),
    )
    if reason or loan.due_on is None:
        raise RenewalRefused(reason=reason, why=WHY_NOT_RENEWABLE[reason])

    loan.due_on = due_date(loan.due_on, standing.policy.loan_days)
    loan.renewals += 1
    save_next_version(loan)

    publish(LoanRenewed(**loan.story(now, outstanding=sum(not line.ending for line in loan.all_lines))))
    return loan

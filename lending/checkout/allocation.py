"""Allocating copies to loans. Every function here needs a transaction and the patrons' accounts locked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import partial

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish_many
from kernel.refusals import Refused
from kernel.storage.databases import after_commit_in
from lending.calendar.due_dates import NoOpenDay, due_date
from lending.events import BookBorrowed
from lending.metrics import LOANS
from lending.models import Book, Copy, Loan
from lending.policies.eligibility import Eligibility
from lending.policies.services import policy_refusal
from lending.queries import policy_on
from lending.stock.copies import (
    is_reference,
    lend_out,
    lendable,
    moves_of,
    put_back,
    take_copies,
    take_copy,
    take_free_copies,
)


class OutOfStock(Refused):
    code = "out_of_stock"
    sentence = _("There are not enough copies: %(wanted)s asked for, %(available)s can be borrowed now.")
    shown = ("available",)


class NotForLoan(Refused):
    code = "not_for_loan"
    sentence = _("The copy %(barcode)s is not for loan.")


class CopyNotLendable(OutOfStock):
    sentence = _("The copy %(barcode)s can't be lent: it is on loan or withdrawn.")


def allocate(
    loan: Loan, patron: Eligibility, *, now: datetime, borrowed_on: date | None = None, barcode: str = ""
) -> None:
    """Gives a loan its copies and its due date, and announces it.

    Raises `Book.DoesNotExist`, `PatronBlocked`, `LoanLimitReached`, `NoOpenDay`, `NotForLoan` and `OutOfStock`: the
    transaction must be undone.
    """
    if refusal := policy_refusal(loan, patron):
        raise refusal
    borrowed_at, due_on = _period(patron, now, borrowed_on)
    copies = take_copy(barcode) if barcode else take_copies(loan.book_id, loan.quantity)
    if len(copies) < loan.quantity:
        Book.objects.get(pk=loan.book_id, withdrawn=False)
        if barcode and is_reference(barcode):
            raise NotForLoan(barcode=barcode)
        available = lendable(loan.book_id).count() + len(copies)
        raise (
            CopyNotLendable(barcode=barcode, available=available)
            if barcode
            else OutOfStock(available=available, wanted=loan.quantity)
        )

    _lend([(loan, copies)], borrowed_at, due_on, now)


def allocate_many(asked: Sequence[tuple[Loan, Eligibility]], *, now: datetime) -> list[Loan | Refused | None]:
    """Lends what can be lent to different patrons without waiting for any copy; what became of each loan.

    None stands for a loan that only `allocate` can decide: its book is not known, or somebody else may be taking its
    copies.
    """
    refusals = [loan_refusal(loan, patron, now=now) for loan, patron in asked]
    allowed = [loan for (loan, _patron), refusal in zip(asked, refusals, strict=True) if not refusal]
    wanted: Counter[int] = Counter()
    for loan in allowed:
        wanted[loan.book_id] += loan.quantity
    taken = take_free_copies(wanted)
    lent = [(loan, copies) for loan in allowed if (copies := _share(taken, loan))]
    put_back([copy for copies in taken.values() for copy in copies])

    if lent:
        _lend(lent, *_period(asked[0][1], now), now)
    left = _stock_of({loan.book_id for loan in allowed if loan.status != Loan.Status.ACTIVE})
    return [refusal or _outcome(loan, left) for (loan, _patron), refusal in zip(asked, refusals, strict=True)]


def loan_refusal(loan: Loan, patron: Eligibility, *, now: datetime) -> Refused | None:
    """Why this patron may not have this loan now, whatever the stock is; None if no rule is against it."""
    if refusal := policy_refusal(loan, patron):
        return refusal
    try:
        _period(patron, now)
    except NoOpenDay as refusal:
        return refusal
    return None


def _share(taken: Mapping[int, list[Copy]], loan: Loan) -> list[Copy]:
    """As many of the book's taken copies as the loan is of, or none."""
    copies = taken.get(loan.book_id, [])
    share = copies[: loan.quantity] if len(copies) >= loan.quantity else []
    del copies[: len(share)]
    return share


def _outcome(loan: Loan, left: Mapping[int, int]) -> Loan | Refused | None:
    if loan.status == Loan.Status.ACTIVE:
        return loan
    return OutOfStock(available=0, wanted=loan.quantity) if left.get(loan.book_id) == 0 else None


def _stock_of(books: set[int]) -> dict[int, int]:
    """How many copies of each of these books can be lent, if it is known and not withdrawn."""
    if not books:
        return {}
    free = Count("copies", filter=Q(copies__on_loan=False, copies__withdrawn=False, copies__for_loan=True))
    return dict(Book.objects.filter(pk__in=books, withdrawn=False).annotate(free=free).values_list("pk", "free"))


def _period(patron: Eligibility, now: datetime, borrowed_on: date | None = None) -> tuple[datetime, date]:
    """From when until when a loan is made. Raises `NoOpenDay`.

    A loan recorded later than it was made has the loan period of its own day.
    """
    today = timezone.localdate(now)
    if borrowed_on is None or borrowed_on == today:
        return now, due_date(patron.calendar, today, patron.policy.loan_days)
    borrowed_at = timezone.make_aware(datetime.combine(borrowed_on, time()))
    return borrowed_at, due_date(patron.calendar, borrowed_on, policy_on(borrowed_on).loan_days)


def _lend(lent: Sequence[tuple[Loan, list[Copy]]], borrowed_at: datetime, due_on: date, now: datetime) -> None:
    """Writes who has which copies until when, and announces it."""
    for loan, copies in lent:
        loan.status, loan.borrowed_at, loan.due_on = Loan.Status.ACTIVE, borrowed_at, due_on
        loan.title, loan.version = loan.title or copies[0].book.title, loan.version + 1

    _save([loan for loan, _copies in lent])
    for line in lend_out(lent):
        line.loan.all_lines = [*vars(line.loan).get("all_lines", []), line]

    publish_many(
        (BookBorrowed(**loan.facts(now, outstanding=loan.quantity), lent=moves_of(copies)) for loan, copies in lent),
        [loan.trace for loan, _copies in lent],
    )
    after_commit_in("lending", partial(LOANS.inc, len(lent)))


def _save(loans: list[Loan]) -> None:
    """New loans with one statement, and those that were requested before with another."""
    requested = [loan.pk for loan in loans if loan.pk]
    Loan.objects.bulk_create([loan for loan in loans if not loan.pk])
    if requested:
        same = {"status": loans[0].status, "borrowed_at": loans[0].borrowed_at, "due_on": loans[0].due_on}
        Loan.objects.filter(pk__in=requested).update(**same, version=F("version") + 1)

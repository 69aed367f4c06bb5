"""Requested loans: accepted first and decided later, in order."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish_many
from kernel.observability.tracing import current_trace, running_trace
from kernel.refusals import Refused, refusal_of
from kernel.storage.databases import atomic_in
from lending.checkout.allocation import allocate, allocate_many, reasons_of_any_type
from lending.events import LoanCancelled
from lending.families.locks import lock_borrower, locking_borrower
from lending.history.services import note_acts
from lending.holds.asking import volume_asked_for
from lending.locks import lock_accounts, lock_loan
from lending.models import Book, Loan, trace_fields
from lending.policies.eligibility import eligibility_before, eligibility_of
from lending.stock.copies import kinds_of


class NotCancellable(Refused):
    code = "not_cancellable"
    sentence = _("Only a loan that is still requested can be cancelled; this one is %(status)s.")


@locking_borrower
def request_loan(*, patron_id: int, book_id: int, now: datetime, quantity: int = 1) -> Loan:
    """Accepts a borrow that is decided later, in order. Raises `Book.DoesNotExist`, `VolumeNeeded` and what the rules
    refuse that do not ask for the copies."""
    book = Book.objects.get(pk=book_id, withdrawn=False)
    volume_asked_for({kind.volume for kind in kinds_of(book_id)}, None)
    lock_borrower(patron_id)
    patron = eligibility_of([patron_id], timezone.localdate(now))[patron_id]
    origin = trace_fields(current_trace())
    loan = Loan(patron_id=patron_id, book=book, title=book.title, quantity=quantity, requested_at=now, **origin)
    if refusal := refusal_of(reasons_of_any_type(loan, patron)):
        raise refusal

    loan.status = Loan.Status.REQUESTED
    loan.save()
    loan.all_lines = []
    return loan


@locking_borrower
def decide_loan(loan_id: int, *, now: datetime) -> Loan:
    """Lends what was requested, or cancels the loan with the reason why not. A decided loan stays as it is."""
    lock_borrower(Loan.objects.values_list("patron", flat=True).get(pk=loan_id))
    loan = lock_loan(loan_id)
    if loan.status != Loan.Status.REQUESTED:
        return loan
    patron = eligibility_before([loan_id], timezone.localdate(now))[loan_id]
    try:
        with atomic_in("lending"):
            allocate(loan, patron, now=now)
    except Refused as refusal:
        _cancel_requests([loan], _codes(refusal), now)
    except Book.DoesNotExist:
        _cancel_requests([loan], [Loan.CancelReason.BOOK_WITHDRAWN], now)
    return loan


@atomic_in("lending")
def decide_loans(loan_ids: Collection[int], *, now: datetime) -> list[int]:
    """Decides many requested loans in a few statements, each as `decide_loan` would.

    Returns the ids of those that are not decided: a patron's second one, those of families, and what only
    `decide_loan` can decide.
    """
    accounts = lock_accounts(set(Loan.objects.filter(pk__in=loan_ids).values_list("patron", flat=True)))
    singles = {patron for patron, account in accounts.items() if account.family_id is None}
    requested = Loan.objects.filter(pk__in=loan_ids, status=Loan.Status.REQUESTED).order_by("pk")
    first = _first_of_each(requested, singles)
    eligibility = eligibility_before([loan.pk for loan in first], timezone.localdate(now))

    outcomes = allocate_many([(loan, eligibility[loan.pk]) for loan in first], now=now)
    became = dict(zip(first, outcomes, strict=True))
    refused = {loan: _codes(outcome) for loan, outcome in became.items() if isinstance(outcome, Refused)}
    for codes in sorted(map(list, set(map(tuple, refused.values())))):
        _cancel_requests([loan for loan in refused if refused[loan] == codes], codes, now)
    decided = {loan.pk for loan, outcome in became.items() if outcome}
    return sorted({loan.pk for loan in requested} - decided)


@atomic_in("lending")
def cancel_loan(loan_id: int, *, now: datetime, of_patron: int | None = None) -> Loan:
    """Cancels a loan that is still requested. Raises `Loan.DoesNotExist`, also for a loan that is not `of_patron`'s,
    if one is named, and `NotCancellable`."""
    loan = lock_loan(loan_id, of_patron=of_patron)
    if loan.status != Loan.Status.REQUESTED:
        raise NotCancellable(status=loan.get_status_display())

    by = Loan.CancelReason.BY_LIBRARY if of_patron is None else Loan.CancelReason.BY_PATRON
    _cancel_requests([loan], [by], now)
    return loan


def _first_of_each(requested: Iterable[Loan], patrons: Collection[int]) -> list[Loan]:
    """The first request of each of these patrons, unless an earlier one that is left out wants the same book."""
    first: dict[int, Loan] = {}
    waited_for: set[int] = set()
    for loan in requested:
        if loan.holder in patrons and loan.holder not in first and loan.book_id not in waited_for:
            first[loan.holder] = loan
        else:
            waited_for.add(loan.book_id)
    return [*first.values()]


def _codes(refusal: Refused) -> list[str]:
    return [reason.code for reason in refusal.reasons or (refusal,)]


def _cancel_requests(loans: Sequence[Loan], reasons: Sequence[str], now: datetime) -> None:
    """Ends requested loans and announces it, with the first of the reasons."""
    reason = Loan.CancelReason(reasons[0])
    ended = {"status": Loan.Status.CANCELLED, "cancel_reason": reason, "reasons": list(reasons)}
    Loan.objects.filter(pk__in=[loan.pk for loan in loans]).update(**ended, version=F("version") + 1)
    for loan in loans:
        loan.status, loan.cancel_reason, loan.reasons = Loan.Status.CANCELLED, reason, list(reasons)
        loan.version += 1
    note_acts("LoanCancelled", [(loan.patron_id, loan.pk, None) for loan in loans], at=now)

    publish_many(
        (LoanCancelled(**loan.facts(now, outstanding=0), cancelled=loan.quantity, reason=reason) for loan in loans),
        [running_trace() or loan.trace for loan in loans],
    )

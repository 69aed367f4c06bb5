"""Renewing: a later due date for a loan."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish, publish_many
from kernel.observability.tracing import acting
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from lending.events import LoanRenewed
from lending.history.services import note_act_on, note_acts
from lending.holds.queries import WaitedFor, waited_for
from lending.locks import lock_accounts, lock_loan, save_next_version
from lending.models import DueDateAct, Loan
from lending.policies.eligibility import Eligibility, eligibility_of
from lending.queries import open_loans_of
from lending.renewals.rules import RENEWAL_RULES, Renewing, reasons_against

FINAL = {"not_on_loan", "no_open_day"}
"""The reasons that nobody decides against."""


class RenewalRefused(Refused):
    code = "renewal_refused"
    sentence = _("This loan can't be renewed: %(why)s.")
    shown = ("reason",)

    def extension(self) -> dict[str, Any]:
        """The first reason, and all of them, each with its own code."""
        reasons = [{"code": one.facts["reason"], "detail": str(one)} for one in self.reasons]
        return {"reason": self.facts["reason"], "reasons": reasons}


def renew_loan(
    loan_id: int, *, now: datetime, of_patron: int | None = None, override: Collection[str] = (), reason: str = ""
) -> Loan:
    """Moves the due date on, as the policy says that the loan keeps.

    What `override` names of the rules is decided against for that reason: whether somebody may do that is for the
    caller to ask. Raises `Loan.DoesNotExist`, also for a loan that is not `of_patron`'s, if one is named, and
    `RenewalRefused`.
    """
    if not reason:
        return _renew(loan_id, now, of_patron, override)
    with acting(reason=reason):
        return _renew(loan_id, now, of_patron, override)


@atomic_in("lending")
def _renew(loan_id: int, now: datetime, of_patron: int | None, override: Collection[str]) -> Loan:
    loan = lock_loan(loan_id, of_patron=of_patron)
    if loan.patron_id is None:  # what is nobody's any more is over, and nobody is asked about
        over, why = RENEWAL_RULES[0]
        raise _of_reasons([(over.__name__, why)])
    today = timezone.localdate(now)
    patron = eligibility_of([loan.holder], today)[loan.holder]
    if refusal := renewal_refusal(loan, patron, override, waited_for=waited_for([loan.book_id], today)):
        raise refusal

    due_before, loan.due_on, loan.renewals = loan.due_on, renewed_until(loan, patron), loan.renewals + 1
    save_next_version(loan)
    note_act_on(loan, "LoanRenewed", at=now)
    DueDateAct.objects.bulk_create([_kept(loan, due_before, now)])

    publish(LoanRenewed(**loan.facts(now, outstanding=_copies_out(loan))))
    return loan


@atomic_in("lending")
def renew_loans_of(patron_id: int, *, now: datetime) -> list[tuple[Loan, RenewalRefused | None]]:
    """Renews all of a patron's loans that can be renewed; each loan that is out, the most urgent first, with the reason
    why it was not renewed."""
    lock_accounts([patron_id])
    loans = list(open_loans_of(patron_id).filter(status=Loan.Status.ACTIVE))
    today = timezone.localdate(now)
    patron = eligibility_of([patron_id], today)[patron_id]
    books = waited_for({loan.book_id for loan in loans}, today)
    decided = [(loan, renewal_refusal(loan, patron, waited_for=books)) for loan in loans]

    renewed = [loan for loan, refusal in decided if not refusal]
    kept = []
    for loan in renewed:
        due_before, loan.due_on, loan.renewals = loan.due_on, renewed_until(loan, patron), loan.renewals + 1
        loan.version += 1
        kept.append(_kept(loan, due_before, now))
    DueDateAct.objects.bulk_create(kept)
    Loan.objects.bulk_update(renewed, ["due_on", "renewals", "version"])
    note_acts("LoanRenewed", [(loan.patron_id, loan.pk, None) for loan in renewed], at=now)

    publish_many(LoanRenewed(**loan.facts(now, outstanding=_copies_out(loan))) for loan in renewed)
    return decided


def renewal_refusal(
    loan: Loan, patron: Eligibility, override: Collection[str] = (), *, waited_for: WaitedFor
) -> RenewalRefused | None:
    """Why a loan can't be renewed on the patron's day; None when it can. `waited_for`: as `waited_for` has it."""
    against = [
        (code, why)
        for code, why in reasons_against(_renewing(loan, patron, waited_for))
        if code in FINAL or code not in override
    ]
    return _of_reasons(against) if against else None


def renewed_until(loan: Loan, patron: Eligibility) -> date:
    """The due date that a renewal on the patron's day gives."""
    return _renewing(loan, patron).due_on


def _of_reasons(reasons: Sequence[tuple[str, Promise]]) -> RenewalRefused:
    """The refusal for the first of them, with all of them."""
    against = [RenewalRefused(reason=code, why=why) for code, why in reasons]
    against[0].reasons = against
    return against[0]


def _renewing(loan: Loan, patron: Eligibility, waited_for: WaitedFor = frozenset()) -> Renewing:
    return Renewing(
        loan=loan,
        patron=patron,
        rules=loan.terms.rules if loan.terms else patron.decision("").rules,
        is_waited_for=bool(waited_for & {(loan.book_id, ""), (loan.book_id, loan.volume)}),
    )


def _kept(loan: Loan, due_before: date | None, now: datetime) -> DueDateAct:
    """The renewal as it is kept, after the loan was changed."""
    assert due_before, "what is on loan has a due date"
    assert loan.due_on, "and keeps one"
    return DueDateAct(
        loan=loan,
        kind=DueDateAct.Kind.RENEWAL,
        due_before=due_before,
        due_after=loan.due_on,
        made_at=now,
        version=loan.version,
    )


def _copies_out(loan: Loan) -> int:
    return sum(not line.ending for line in loan.all_lines)

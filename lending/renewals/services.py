"""Renewing: a later due date for a loan."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish, publish_many
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from lending.calendar.due_dates import NoOpenDay, due_date
from lending.events import LoanRenewed
from lending.locks import lock_accounts, lock_loan, save_next_version
from lending.models import Loan
from lending.policies.eligibility import Eligibility, eligibility_of
from lending.queries import open_loans_of
from lending.rules import why_not_renewable


class RenewalRefused(Refused):
    code = "renewal_refused"
    sentence = _("This loan can't be renewed: %(why)s.")
    shown = ("reason",)


WHY_NOT_RENEWABLE = {
    "not_on_loan": _("it is not on loan"),
    "overdue": _("it is overdue"),
    "already_renewed": _("it was renewed as often as the rules allow"),
    "patron_blocked": _("fines must be paid first"),
    "no_open_day": _("the library has no open day to bring it back on"),
}


@atomic_in("lending")
def renew_loan(loan_id: int, *, now: datetime, of_patron: int | None = None) -> Loan:
    """Moves the due date one loan period on, to an open day. Raises `Loan.DoesNotExist`, also for a loan that is not
    `of_patron`'s, if one is named, and `RenewalRefused`."""
    loan = lock_loan(loan_id, of_patron=of_patron)
    patron = eligibility_of([loan.patron_id], timezone.localdate(now))[loan.patron_id]
    if refusal := renewal_refusal(loan, patron, timezone.localdate(now)):
        raise refusal

    _renew(loan, patron)
    save_next_version(loan)

    publish(LoanRenewed(**loan.facts(now, outstanding=_copies_out(loan))))
    return loan


@atomic_in("lending")
def renew_loans_of(patron_id: int, *, now: datetime) -> list[tuple[Loan, RenewalRefused | None]]:
    """Renews all of a patron's loans that can be renewed; each loan that is out, the most urgent first, with the reason
    why it was not renewed."""
    lock_accounts([patron_id])
    loans = list(open_loans_of(patron_id).filter(status=Loan.Status.ACTIVE))
    patron = eligibility_of([patron_id], timezone.localdate(now))[patron_id]
    decided = [(loan, renewal_refusal(loan, patron, timezone.localdate(now))) for loan in loans]

    renewed = [loan for loan, refusal in decided if not refusal]
    for loan in renewed:
        _renew(loan, patron)
        loan.version += 1
    Loan.objects.bulk_update(renewed, ["due_on", "renewals", "version"])

    publish_many(LoanRenewed(**loan.facts(now, outstanding=_copies_out(loan))) for loan in renewed)
    return decided


def renewal_refusal(loan: Loan, patron: Eligibility, today: date) -> RenewalRefused | None:
    """Why a loan can't be renewed today; None when it can."""
    reason = why_not_renewable(
        status=loan.status,
        due_on=loan.due_on,
        renewals=loan.renewals,
        max_renewals=patron.policy.max_renewals,
        blocked=patron.owed >= patron.policy.blocked_from,
        today=today,
    )
    if not reason and loan.due_on:
        try:
            due_date(patron.calendar, loan.due_on, patron.policy.loan_days)
        except NoOpenDay as nowhere:
            reason = nowhere.code
    return RenewalRefused(reason=reason, why=WHY_NOT_RENEWABLE[reason]) if reason else None


def _renew(loan: Loan, patron: Eligibility) -> None:
    assert loan.due_on, "a loan without a due date is refused"
    loan.due_on = due_date(patron.calendar, loan.due_on, patron.policy.loan_days)
    loan.renewals += 1


def _copies_out(loan: Loan) -> int:
    return sum(not line.ending for line in loan.all_lines)

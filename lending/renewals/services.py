"""Renewing: a later due date for a loan."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from lending.calendar.due_dates import NoOpenDay, due_date
from lending.events import LoanRenewed
from lending.locks import lock_loan, save_next_version
from lending.models import Loan
from lending.policies.eligibility import eligibility_of
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
    reason = why_not_renewable(
        status=loan.status,
        due_on=loan.due_on,
        renewals=loan.renewals,
        max_renewals=patron.policy.max_renewals,
        blocked=patron.owed >= patron.policy.blocked_from,
        today=timezone.localdate(now),
    )
    if reason or loan.due_on is None:
        raise RenewalRefused(reason=reason, why=WHY_NOT_RENEWABLE[reason])
    try:
        due_on = due_date(patron.calendar, loan.due_on, patron.policy.loan_days)
    except NoOpenDay as no:
        raise RenewalRefused(reason=no.code, why=WHY_NOT_RENEWABLE[no.code]) from no

    loan.due_on = due_on
    loan.renewals += 1
    save_next_version(loan)

    publish(LoanRenewed(**loan.facts(now, outstanding=sum(not line.ending for line in loan.all_lines))))
    return loan

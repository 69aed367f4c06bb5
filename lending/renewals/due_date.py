"""A due date that a librarian sets for one loan."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish
from kernel.observability.tracing import acting
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from lending.events import DueDateChanged
from lending.history.services import note_act_on
from lending.locks import lock_loan, save_next_version
from lending.models import DueDateAct, Loan


class NothingOut(Refused):
    code = "not_on_loan"
    sentence = _("Only what is on loan has a due date; this loan is %(status)s.")


def set_due_date(loan_id: int, *, due_on: date, reason: str, now: datetime) -> Loan:
    """Sets the due date of a loan, for that reason. That the day is open and not past is for the caller to ask. Raises
    `Loan.DoesNotExist` and `NothingOut`."""
    with acting(reason=reason):
        return _set_due_date(loan_id, due_on, now)


@atomic_in("lending")
def _set_due_date(loan_id: int, due_on: date, now: datetime) -> Loan:
    loan = lock_loan(loan_id)
    before = loan.due_on
    if loan.status != Loan.Status.ACTIVE or before is None:
        raise NothingOut(status=loan.get_status_display())
    if due_on == before:
        return loan

    loan.due_on = due_on
    save_next_version(loan)
    note_act_on(loan, "DueDateChanged", at=now)
    DueDateAct.objects.create(
        loan=loan, kind=DueDateAct.Kind.SET, due_before=before, due_after=due_on, made_at=now, version=loan.version
    )

    out = sum(not line.ending for line in loan.all_lines)
    publish(DueDateChanged(**loan.facts(now, outstanding=out), due_before=before))
    return loan

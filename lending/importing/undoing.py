"""Takes back the loans that an import brought, as far as nothing was done to them since."""

from datetime import datetime

from kernel.importing.models import Entry, Import
from kernel.storage.databases import database_of
from lending.importing.fees import drop_fees
from lending.importing.reasons import Reason
from lending.models import Loan
from lending.undo.refusals import NotUndoable
from lending.undo.services import undo_loan


def undo(run: Import, limit: int, now: datetime) -> tuple[int, list[Entry]]:
    """Takes the next `limit` loans back, as if they had not been made. One that was renewed or came back in part is
    kept and named. Then fees: what was paid of them is credit. Blocks for suspensions stay: they are lifted by hand."""
    kept = Entry.objects.using(database_of("lending")).filter(run=run.pk, outcome=Entry.Outcome.KEPT)
    stay = {entry.number for entry in kept}
    own = Loan.objects.filter(request_id=run.correlation_id, status=Loan.Status.ACTIVE).exclude(pk__in=stay)
    loans, entries = list(own.order_by("pk")[:limit]), []
    for loan in loans:
        try:
            undo_loan(loan.pk, reason=run.file_name, now=now)
        except NotUndoable:
            facts = {"outcome": Entry.Outcome.KEPT, "reason": Reason.MOVED}
            entries.append(Entry(run=run, number=loan.pk, label=str(loan)[:300], **facts))
    return (len(loans) or drop_fees(run, limit, now)), entries

"""Keeping what is done, in the transaction that does it."""

from collections.abc import Iterable
from datetime import datetime

from kernel.observability.tracing import current_trace
from lending.models import Act, Loan


def note_act(
    what: str, *, at: datetime, patron_id: int | None = None, loan_id: int | None = None, copy_id: int | None = None
) -> None:
    """Keeps an act, with who does it, by which door and why. `what` is the name of the event that is announced."""
    note_acts(what, [(patron_id, loan_id, copy_id)], at=at)


def note_acts(what: str, about: Iterable[tuple[int | None, int | None, int | None]], *, at: datetime) -> None:
    """Keeps many acts of a kind, each about a patron, a loan and a copy."""
    trace = current_trace()
    Act.objects.bulk_create(
        Act(
            what=what,
            at=at,
            by=trace.by,
            via=trace.via,
            reason=trace.reason,
            patron_id=patron,
            loan_id=loan,
            copy_id=copy,
        )
        for patron, loan, copy in about
    )


def note_act_on(loan: Loan, what: str, *, at: datetime) -> None:
    """Keeps an act on a loan, which is in the history of its copies too."""
    note_act(what, at=at, patron_id=loan.patron_id, loan_id=loan.pk)

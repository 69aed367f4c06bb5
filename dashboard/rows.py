"""Rows of loans and fines on a page, as the events that tell the whole of one come to."""

from typing import Any

from dashboard.models import FineRow, LoanRow
from kernel.storage.instances import new_instance


def loan_row(event: Any) -> LoanRow:
    """The row that an event about a loan comes to."""
    return new_instance(
        LoanRow,
        {
            "loan_id": event.loan,
            "patron_id": event.patron,
            "title": event.title if event.outstanding else "",
            "status": event.status,
            "outstanding": event.outstanding,
            "due_on": event.due_on,
            "terms_id": event.terms,
            "items_out": event.items_out,
            "claimed": {copy: str(day) for copy, day in event.claimed.items()},
            "version": event.version,
        },
    )


def fine_row(event: Any) -> FineRow:
    """The row that an event about a fine comes to."""
    return FineRow(
        fine_id=event.fine,
        patron_id=event.patron,
        kind=event.kind,
        loan_id=event.loan,
        title=event.title,
        days_late=event.days_late,
        amount=event.amount,
        paid=event.paid,
        owed=event.owed,
        status=event.status,
        charged_at=event.charged_at,
        explanation_en=event.explanation_en,
        explanation_ko=event.explanation_ko,
        version=event.version,
    )

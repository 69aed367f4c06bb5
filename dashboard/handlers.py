"""How the patron's page follows what other contexts announce."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from accounts.events import PatronRegistered
from dashboard.calendar import FACTS
from dashboard.copies import know_copies
from dashboard.holds import hold_row
from dashboard.late import late_rules
from dashboard.models import (
    CalendarRow,
    CreditRow,
    FeeRow,
    FineRow,
    LoanRow,
    SuspensionRow,
    TermsRow,
    UserInfo,
)
from fines.events import (
    CreditPaidOut,
    FeeScheduleAdopted,
    FeeScheduleRevoked,
    FineCancelled,
    FineCharged,
    FinePaid,
    FineRefunded,
    FineReopened,
    FineWaived,
    PaymentReversed,
    PaymentTaken,
)
from kernel.eventbus.projection import keep_newest
from lending.events import (
    BookBorrowed,
    BookExpired,
    BookReturned,
    CalendarChanged,
    CopyConditionChanged,
    CopyFound,
    CopyLost,
    CopyReplaced,
    CopySubstituted,
    DueDateChanged,
    HoldCancelled,
    HoldCollected,
    HoldExpired,
    HoldMoved,
    HoldPlaced,
    HoldReady,
    HoldResumed,
    HoldSuspended,
    LoanCancelled,
    LoanRenewed,
    LoanUndone,
    PatronSuspended,
    RenewalUndone,
    ReturnUndone,
    SuspensionLifted,
    TermsKept,
)


def open_page(events: Sequence[PatronRegistered]) -> None:
    """Gives a new patron a page."""
    UserInfo.objects.bulk_create([UserInfo(patron_id=event.patron) for event in events], ignore_conflicts=True)


def show_loan(
    events: Sequence[
        BookBorrowed
        | BookReturned
        | BookExpired
        | LoanCancelled
        | LoanRenewed
        | CopySubstituted
        | DueDateChanged
        | CopyLost
        | CopyFound
        | CopyReplaced
        | CopyConditionChanged
        | ReturnUndone
        | LoanUndone
        | RenewalUndone
    ],
) -> None:
    """Shows the loan as the newest event tells it, and knows its copies; one may be marked that no loan has or had."""
    keep_newest([_loan_row(event) for event in events if event.loan is not None])
    know_copies(events)


def _loan_row(event: Any) -> LoanRow:
    return LoanRow(
        loan_id=event.loan,
        patron_id=event.patron,
        title=event.title,
        status=event.status,
        outstanding=event.outstanding,
        due_on=event.due_on,
        terms_id=event.terms,
        items_out=event.items_out,
        claimed={copy: str(day) for copy, day in event.claimed.items()},
        version=event.version,
    )


def show_hold(
    events: Sequence[
        HoldPlaced | HoldMoved | HoldSuspended | HoldResumed | HoldReady | HoldCollected | HoldCancelled | HoldExpired
    ],
) -> None:
    """Shows the hold as the newest event tells it; the positions of others follow from its place."""
    keep_newest([hold_row(event) for event in events])


def show_suspension(events: Sequence[PatronSuspended | SuspensionLifted]) -> None:
    """Shows until when nothing is lent to a patron."""
    keep_newest(
        [
            SuspensionRow(
                patron_id=event.patron,
                until=event.until if isinstance(event, PatronSuspended) else None,
                restriction=event.restriction,
            )
            for event in events
        ],
        by="restriction",
    )


def learn_terms(events: Sequence[TermsKept]) -> None:
    """Knows what a late return of loans with these terms would come to."""
    rows = [TermsRow(terms_id=event.terms, copy_type=event.copy_type, late=late_rules(event.rules)) for event in events]
    TermsRow.objects.bulk_create(rows, ignore_conflicts=True)


def learn_calendar(events: Sequence[CalendarChanged]) -> None:
    """Knows which days the library is open."""
    keep_newest(
        [
            CalendarRow(
                calendar_id=event.calendar,
                version=event.version,
                facts={name: getattr(event, name) for name in FACTS},
            )
            for event in events
        ]
    )


def show_fine(
    events: Sequence[FineCharged | FinePaid | FineWaived | FineCancelled | FineRefunded | FineReopened],
) -> None:
    """Shows the fine as the newest event tells it, and the credit that is left behind it."""
    keep_newest(
        [
            FineRow(
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
            for event in events
        ]
    )
    _keep_credit(events)


def show_credit(events: Sequence[PaymentTaken | PaymentReversed | CreditPaidOut]) -> None:
    """Shows what the patron has to the good as the newest event tells it."""
    _keep_credit(events)


def _keep_credit(events: Sequence[Any]) -> None:
    newest = [(event.patron, event.credit, event.account_version) for event in events]
    keep_newest([CreditRow(patron_id=patron, credit=credit, version=version) for patron, credit, version in newest])


def learn_fees(event: FeeScheduleAdopted | FeeScheduleRevoked) -> None:
    """Knows what overdue loans would cost from that day on, as long as it is to be so."""
    if isinstance(event, FeeScheduleRevoked):
        FeeRow.objects.filter(pk=event.schedule).delete()
        return
    given = dict(event.fees) if event.tiers is None else {**event.fees, "tiers": event.tiers}
    values = {"category": event.category, "copy_type": event.copy_type, "given": given}
    FeeRow.objects.update_or_create(pk=event.schedule, defaults={"valid_from": event.valid_from or date.min, **values})

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
    HoldRow,
    LoanRow,
    SuspensionRow,
    TermsRow,
    UserInfo,
)
from dashboard.rows import fine_row, loan_row
from fines.events import (
    CreditPaidOut,
    FeeScheduleAdopted,
    FeeScheduleRevoked,
    FineCancelled,
    FineCharged,
    FinePaid,
    FineRefunded,
    FineReopened,
    FinesAnonymised,
    FineWaived,
    MoneyAnonymised,
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
    LoansAnonymised,
    LoanUndone,
    PatronErased,
    PatronSuspended,
    RenewalUndone,
    ReturnUndone,
    SuspensionLifted,
    SuspensionsAnonymised,
    TermsKept,
)


def open_page(events: Sequence[PatronRegistered | PatronErased]) -> None:
    """Gives a new patron a page, and takes it from who was erased.

    One handler for both, so that the bus keeps their order, and a page that is built anew is not opened again.
    """
    new = [UserInfo(patron_id=event.patron) for event in events if isinstance(event, PatronRegistered)]
    UserInfo.objects.bulk_create(new, ignore_conflicts=True)
    if gone := [event.patron for event in events if isinstance(event, PatronErased)]:
        for own in (UserInfo, CreditRow, SuspensionRow):
            own.objects.filter(pk__in=gone).delete()
        for shown in (LoanRow, FineRow, HoldRow):
            shown.objects.filter(patron_id__in=gone).update(patron_id=None)


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
    keep_newest([loan_row(event) for event in events if event.loan is not None])
    know_copies(events)


def show_hold(
    events: Sequence[
        HoldPlaced | HoldMoved | HoldSuspended | HoldResumed | HoldReady | HoldCollected | HoldCancelled | HoldExpired
    ],
) -> None:
    """Shows the hold as the newest event tells it; the positions of others follow from its place."""
    keep_newest([hold_row(event) for event in events])


def show_suspension(events: Sequence[PatronSuspended | SuspensionLifted | SuspensionsAnonymised]) -> None:
    """Shows until when nothing is lent to a patron."""
    keep_newest(
        [
            SuspensionRow(
                patron_id=event.patron,
                until=event.until if isinstance(event, PatronSuspended) else None,
                restriction=event.restriction,
            )
            for event in events
            if event.patron is not None
        ],
        by="restriction",
    )


def forget_borrowers(events: Sequence[LoansAnonymised]) -> None:
    """Knows no more whose loans and holds these were."""
    LoanRow.objects.filter(pk__in=[loan for event in events for loan in event.loans]).update(patron_id=None)
    HoldRow.objects.filter(pk__in=[hold for event in events for hold in event.holds]).update(patron_id=None)


def forget_payers(events: Sequence[FinesAnonymised]) -> None:
    """Knows no more whose fines these were."""
    FineRow.objects.filter(pk__in=[fine for event in events for fine in event.fines]).update(patron_id=None)


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
    keep_newest([fine_row(event) for event in events])
    _keep_credit(events)


def show_credit(events: Sequence[PaymentTaken | PaymentReversed | CreditPaidOut | MoneyAnonymised]) -> None:
    """Shows what the patron has to the good as the newest event tells it."""
    _keep_credit(events)


def _keep_credit(events: Sequence[Any]) -> None:
    keep_newest(
        [
            CreditRow(patron_id=event.patron, credit=event.credit, version=event.account_version)
            for event in sorted(events, key=lambda event: event.account_version)
            if event.patron is not None
        ]
    )


def learn_fees(event: FeeScheduleAdopted | FeeScheduleRevoked) -> None:
    """Knows what overdue loans would cost from that day on, as long as it is to be so."""
    if isinstance(event, FeeScheduleRevoked):
        FeeRow.objects.filter(pk=event.schedule).delete()
        return
    given = dict(event.fees) if event.tiers is None else {**event.fees, "tiers": event.tiers}
    values = {"category": event.category, "copy_type": event.copy_type, "given": given}
    FeeRow.objects.update_or_create(pk=event.schedule, defaults={"valid_from": event.valid_from or date.min, **values})

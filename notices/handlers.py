"""How notices follow what other contexts announce: what they must know to be right when they go out, and what patrons
are to hear of at once."""

from collections.abc import Sequence
from typing import Any

from fines.events import (
    FineCancelled,
    FineCharged,
    FinePaid,
    FineRefunded,
    FineReopened,
    FinesAnonymised,
    FineWaived,
)
from kernel.eventbus.delivery.batches import each_traced
from kernel.eventbus.projection import keep_newest
from kernel.eventbus.publishing.anonymising import anonymise_events
from kernel.storage.instances import new_instance
from lending.events import (
    BookBorrowed,
    BookReturned,
    CopyConditionChanged,
    CopyFound,
    CopyLost,
    CopyReplaced,
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
)
from notices.finding.happenings import cause, delete_with_words, keep_causes, no_receipt, receipt, was_anybody_there
from notices.kinds import Kind
from notices.models import Cause, FineRow, HoldRow, LoanRow, Notice, SuspensionRow

CALLED_OFF = "by_patron"
ABOUT_LOANS = (Kind.OVERDUE, Kind.DUE_SOON, Kind.LOAN_CANCELLED, Kind.RECEIPT)
ABOUT_HOLDS = (Kind.HOLD_READY, Kind.HOLD_EXPIRED, Kind.HOLD_CANCELLED)


def follow_loan(
    events: Sequence[
        BookBorrowed
        | BookReturned
        | LoanCancelled
        | LoanRenewed
        | DueDateChanged
        | ReturnUndone
        | LoanUndone
        | RenewalUndone
    ],
) -> None:
    """Knows the loan as the newest event describes it; a receipt follows, or the news that it was cancelled. Of what is
    nobody's any more nobody hears."""
    keep_newest([_loan_row(event) for event in events if event.patron is not None])
    causes: dict[str, Cause] = {}
    for event in each_traced(events):
        for one in _causes_of(event):
            if one.about not in causes or one.state == Cause.State.DROPPED:
                causes[one.about] = one
    keep_causes([*causes.values()])


def _causes_of(event: Any) -> Sequence[Cause]:
    match event:
        case BookBorrowed():
            return receipt(event, "borrowed", f"borrowed:{event.loan}", due_on=str(event.due_on))
        case BookReturned():
            return receipt(event, "returned", f"returned:{event.return_id}")
        case LoanRenewed():
            return receipt(event, "renewed", f"renewed:{event.loan}:{event.version}", due_on=str(event.due_on))
        case LoanCancelled() if event.reason != CALLED_OFF:
            return cause(event, Kind.LOAN_CANCELLED, f"{event.loan}:{event.version}", event.loan, title=event.title)
        case LoanUndone():
            return no_receipt(event, f"borrowed:{event.loan}")
        case ReturnUndone():
            return no_receipt(event, f"returned:{event.return_id}")
        case RenewalUndone():
            known_by = dict.fromkeys((event.due_before, event.renewal or event.due_before))  # 0.4.0 knew the day alone
            return [one for by in known_by for one in no_receipt(event, f"renewed:{event.loan}:{by}")]
    return ()


def follow_mark(event: CopyLost | CopyFound | CopyReplaced | CopyConditionChanged) -> None:
    """Knows what is still out of the loan whose copy was marked, and what is claimed to be returned."""
    if event.loan is not None and event.patron is not None:
        keep_newest([_loan_row(event)])


def follow_hold(
    event: HoldPlaced
    | HoldMoved
    | HoldSuspended
    | HoldResumed
    | HoldReady
    | HoldCollected
    | HoldCancelled
    | HoldExpired,
) -> None:
    """Knows the hold as the newest event describes it; the patron hears when it is ready, expired, or cancelled by the
    library."""
    row = HoldRow(hold_id=event.hold, status=event.status, pickup_by=event.pickup_by, version=event.version)
    row.changed_at = event.occurred_at
    keep_newest([row])
    match event:
        case HoldReady():
            keep_causes(cause(event, Kind.HOLD_READY, f"{event.hold}:{event.version}", event.hold, title=event.title))
        case HoldExpired():
            keep_causes(cause(event, Kind.HOLD_EXPIRED, str(event.hold), event.hold, title=event.title))
        case HoldCancelled() if event.reason != CALLED_OFF:
            keep_causes(cause(event, Kind.HOLD_CANCELLED, str(event.hold), event.hold, title=event.title))


def follow_fine(event: FineCharged | FinePaid | FineWaived | FineCancelled | FineRefunded | FineReopened) -> None:
    """Knows what is owed of the fine; the patron hears of a new one, and gets a receipt for a payment."""
    row = FineRow(fine_id=event.fine, owed=event.owed, version=event.version, changed_at=event.occurred_at)
    keep_newest([row])
    if event.patron is None:
        return
    if isinstance(event, FineCharged) and not (event.loan is None and not was_anybody_there()):
        why = {"why_en": event.explanation_en, "why_ko": event.explanation_ko}
        keep_causes(cause(event, Kind.FINE, str(event.fine), event.fine, title=event.title, **why))
    if isinstance(event, FinePaid):
        keep_causes(receipt(event, "paid", f"paid:{event.fine}:{event.version}", amount=event.payment))


def follow_suspension(event: PatronSuspended | SuspensionLifted) -> None:
    """Knows until when nothing is lent to a patron, who hears of a new day."""
    if event.patron is None:
        return
    until = event.until if isinstance(event, PatronSuspended) else None
    keep_newest([SuspensionRow(patron_id=event.patron, until=until, restriction=event.restriction)], by="restriction")
    if until:
        keep_causes(cause(event, Kind.SUSPENSION, f"{event.patron}:{event.restriction}", event.restriction))


def forget_borrowers(event: LoansAnonymised) -> None:
    """Knows these loans and holds no more, nor what was written of them."""
    LoanRow.objects.filter(pk__in=event.loans).delete()
    delete_with_words(Cause.objects.filter(kind__in=ABOUT_LOANS, thing_id__in=event.loans))
    delete_with_words(Cause.objects.filter(kind__in=ABOUT_HOLDS, thing_id__in=event.holds))


def forget_payers(event: FinesAnonymised) -> None:
    """Knows no more whom it told of these fines, nor what was written of them."""
    delete_with_words(Cause.objects.filter(kind=Kind.FINE, thing_id__in=event.fines))


def forget_person(event: PatronErased) -> None:
    """Knows nothing more of a patron, nor what was written to that person."""
    own = Notice.objects.filter(patron_id=event.patron)
    anonymise_events("notices", [f"notice:{notice}" for notice in own.values_list("pk", flat=True)])
    Cause.objects.filter(patron_id=event.patron).delete()
    own.delete()
    LoanRow.objects.filter(patron_id=event.patron).delete()
    SuspensionRow.objects.filter(pk=event.patron).delete()


def _loan_row(event: Any) -> LoanRow:
    return new_instance(
        LoanRow,
        {
            "loan_id": event.loan,
            "patron_id": event.patron,
            "title": event.title if event.outstanding else "",
            "outstanding": event.outstanding,
            "claimed": len(event.claimed),
            "due_on": event.due_on,
            "version": event.version,
            "changed_at": event.occurred_at,
        },
    )

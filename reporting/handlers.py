"""How statistics follow what other contexts announce: each sets facts, and says which days are to be counted again."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.events import PatronRegistered
from catalog.events import BookRegistered, BookRevised, BookWithdrawn, CopyAdded, CopyRevised, CopyWithdrawn
from fines.events import FineCancelled, FineCharged, FineRefunded, FineWaived
from kernel.eventbus.delivery.batches import each_traced
from kernel.eventbus.projection import keep_newest
from kernel.observability.tracing import current_trace
from kernel.storage.instances import new_instance
from lending.events import (
    BookBorrowed,
    BookReturned,
    LoanCancelled,
    LoanRenewed,
    LoanUndone,
    PatronErased,
    RenewalUndone,
    ReturnUndone,
)
from reporting.known_days import days_of_books, days_of_loans
from reporting.marking import mark_stale, set_columns
from reporting.models import BookFact, CopyFact, FineFact, LoanFact, PatronFact, RenewalFact, ReturnFact, WaiverFact
from reporting.older_renewals import forget_by_due_date, undo_newest

LOAN = ["day", "hour", "book_id", "main_class", "category", "age_group", "copy_type"]
"""What a loan was made with, and keeps."""


def count_loans(
    events: Sequence[
        BookBorrowed | BookReturned | LoanCancelled | LoanUndone | LoanRenewed | ReturnUndone | RenewalUndone
    ],
) -> None:
    """Counts copies lent, returned and renewed; what was undone or cancelled is not counted."""
    known = days_of_loans({event.loan for event in events if not isinstance(event, BookReturned | LoanRenewed)})
    borrowed = _only(events, BookBorrowed)
    keep_newest([_loan(event) for event in borrowed if event.loan not in known])
    set_columns([_loan(event) for event in borrowed if event.loan in known], LOAN)
    others = [one for one in events if not isinstance(one, BookBorrowed) or one.loan in known]
    keep_newest([_copies(event) for event in others], at_first=LOAN)
    keep_newest([_return(event) for event in _only(events, BookReturned, ReturnUndone)])
    _count_renewals(_only(events, LoanRenewed), _only(events, RenewalUndone))
    days = {getattr(event, "returned_on", None) or _day(event) for event in events}
    mark_stale(days.union(*known.values()))


def count_holdings(
    events: Sequence[BookRegistered | BookRevised | BookWithdrawn | CopyAdded | CopyRevised | CopyWithdrawn],
) -> None:
    """Counts titles and copies that came and went, under the class that the book has now."""
    keep_newest(
        [
            BookFact(book_id=event.book, title=event.title, main_class=event.main_class, revision=event.revision)
            for event in events
        ],
        by="revision",
        at_first=["added_on", "withdrawn_on"],
    )
    keep_newest(
        [
            _copy(event, copy_type=event.type or "", revision=event.copy_revision)
            for event in _only(events, CopyAdded, CopyRevised)
        ],
        by="revision",
        at_first=["added_on", "withdrawn_on"],
    )
    set_columns([BookFact(book_id=one.book, added_on=_day(one)) for one in _only(events, BookRegistered)], ["added_on"])
    set_columns(
        [BookFact(book_id=one.book, withdrawn_on=_day(one)) for one in _only(events, BookWithdrawn)], ["withdrawn_on"]
    )
    set_columns([_copy(one, added_on=_day(one)) for one in _only(events, CopyAdded)], ["added_on"])
    set_columns([_copy(one, withdrawn_on=_day(one)) for one in _only(events, CopyWithdrawn)], ["withdrawn_on"])
    mark_stale(days_of_books({event.book for event in events}))


def count_patrons(events: Sequence[PatronRegistered | PatronErased]) -> None:
    """Counts who was registered and who was erased, and keeps nobody's number."""
    facts = []
    for event in each_traced(events):
        said_by = current_trace().causation_id
        assert said_by, "a handler hears of an event, which has an id"
        facts.append(PatronFact(event=said_by, day=_day(event), was_erased=isinstance(event, PatronErased)))
    PatronFact.objects.bulk_create(facts, ignore_conflicts=True)
    mark_stale(fact.day for fact in facts)


def count_money(events: Sequence[FineCharged | FineCancelled | FineRefunded | FineWaived]) -> None:
    """Sums up what was charged, without what was cancelled or refunded since, and what was waived."""
    fines = [event.fine for event in events]
    before = [kind.objects.filter(pk__in=fines).values_list("day", flat=True) for kind in (FineFact, WaiverFact)]
    days = {day for found in before for day in found}
    charged = [
        _money(FineFact, event, timezone.localdate(event.charged_at), event.amount - event.refunded) for event in events
    ]
    waived = [
        _money(WaiverFact, event, _day(event), event.amount - event.refunded - event.paid)
        for event in _only(events, FineWaived, FineCancelled)
    ]
    keep_newest(charged)
    keep_newest(waived)
    mark_stale(days | {fact.day for fact in (*charged, *waived)})


def _only(events: Iterable[Any], *kinds: type) -> list[Any]:
    return [event for event in events if isinstance(event, kinds)]


def _day(event: Any) -> date:
    return getattr(event, "borrowed_on", None) or timezone.localdate(event.occurred_at)


def _hour(event: Any, day: date) -> str:
    moment = timezone.localtime(event.occurred_at)
    return f"{moment.hour:02}" if moment.date() == day else ""


def _loan(event: BookBorrowed) -> LoanFact:
    day = _day(event)
    return new_instance(
        LoanFact,
        {
            "loan_id": event.loan,
            "copies": _counted(event),
            "version": event.version,
            "day": day,
            "hour": _hour(event, day),
            "book_id": event.book,
            "main_class": event.main_class,
            "category": event.category,
            "age_group": event.age_group,
            "copy_type": event.copy_type,
        },
    )


def _copy(event: Any, **columns: Any) -> CopyFact:
    return CopyFact(copy_id=event.copy, book_id=event.book, **columns)


def _copies(event: Any) -> LoanFact:
    return new_instance(LoanFact, {"loan_id": event.loan, "copies": _counted(event), "version": event.version})


def _counted(event: Any) -> int:
    return 0 if event.status == "cancelled" else event.quantity


def _return(event: Any) -> ReturnFact:
    columns = {"return_id": event.return_id, "loan_id": event.loan, "copies": 0, "version": event.version}
    fact = new_instance(ReturnFact, columns)
    if isinstance(event, BookReturned):
        fact.day, fact.copies = event.returned_on, event.returned
        fact.hour = _hour(event, event.returned_on)
    return fact


def _count_renewals(renewed: Sequence[LoanRenewed], voided: Sequence[RenewalUndone]) -> None:
    """Each is known by the version that it made of its loan."""
    made = [(event, event.version, event.due_on) for event in renewed]
    taken_back = [(event, event.renewal, event.due_before) for event in voided if event.renewal]
    every: list[tuple[Any, int, date | None]] = [*made, *taken_back]
    keep_newest([_renewal(event, version) for event, version, _due_on in every])
    forget_by_due_date([(event.loan, version, due_on) for event, version, due_on in every])
    for event in voided:
        if not event.renewal:
            undo_newest(event.loan, event.version)


def _renewal(event: LoanRenewed | RenewalUndone, version: int) -> RenewalFact:
    fact = RenewalFact(key=f"{event.loan}:{version}", loan_id=event.loan, copies=0, version=event.version)
    if isinstance(event, LoanRenewed):
        fact.day, fact.copies, fact.hour = _day(event), event.outstanding, _hour(event, _day(event))
    return fact


def _money(kind: Any, event: Any, day: date, amount: int) -> Any:
    counted = 0 if event.status == "cancelled" else amount
    return kind(fine_id=event.fine, day=day, amount=counted, version=event.version)

"""The sweep that marks copies as lost that are late for as long as the rules of their loans say."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet

from kernel.eventbus.publishing.outbox import publish_many
from kernel.storage.databases import atomic_in
from kernel.storage.retries import with_retries
from lending.events import CopyLost, LoanFacts, facts_of
from lending.history.services import note_acts
from lending.holds.losing import cancel_without_copies
from lending.holds.settling import books_with_holds
from lending.locks import lock_queues
from lending.marks.marked import FACTS
from lending.models import Copy, Loan, LoanLine, Patron, Terms
from lending.outstanding import copies_out, lines_in_detail
from lending.policies.borrowers import borrowers
from lending.policies.late_returns import late_return
from lending.stock.copies import lose_copies
from lending.stock.shelf import shelf_of

BATCH = 10_000
"""So many are in memory, and SQLite's one writer is held for so many."""


class Due(NamedTuple):
    """What is lost on a day: loans that keep these terms and were due on that day."""

    terms: Terms
    due_on: date
    lost_on: date


def copies_to_lose(as_of: date) -> QuerySet[LoanLine]:
    """Copies that are late by that day for as long as the rules say that their loans keep."""
    of_terms = Q(pk=None)
    for terms, days in _terms_that_lose():
        of_terms |= Q(loan__terms=terms, loan__due_on__lte=as_of - timedelta(days=days))
    return LoanLine.objects.filter(of_terms, ending="", claimed_on=None, loan__status=Loan.Status.ACTIVE)


def mark_lost(*, as_of: date, now: datetime, progress: Callable[[int], None]) -> int:
    """Marks each such copy as lost, as of the day on which it was late for so long, and announces each once.

    Returns how many there were. Each batch commits with its events, so a sweep that is stopped and run again does the
    rest. `progress` is facts the size of each batch. It charges nothing. What is claimed to be returned is left.
    """
    marked = 0
    for due in _days(as_of):
        last = 0
        while found := with_retries(partial(_lose_next, due, last, now)):
            last, count = found
            marked += count
            progress(count)
    return marked


def _terms_that_lose() -> list[tuple[Terms, int]]:
    every = [(terms, terms.rules.late.lost_after_days) for terms in Terms.objects.order_by("pk")]
    return [(terms, days) for terms, days in every if days is not None]


def _days(as_of: date) -> Iterator[Due]:
    for terms, days in _terms_that_lose():
        loans = Loan.objects.filter(status=Loan.Status.ACTIVE, terms=terms, due_on__lte=as_of - timedelta(days=days))
        for due_on in list(loans.order_by("due_on").values_list("due_on", flat=True).distinct()):
            if due_on:
                yield Due(terms, due_on, due_on + timedelta(days=days))


@atomic_in("lending")
def _lose_next(due: Due, last: int, now: datetime) -> tuple[int, int] | None:
    """Marks the copies of the next batch of loans behind the `last` one, under the lock of each one's patron; the last
    loan of the batch, and how many copies there were. None where there are no more loans."""
    loans = Loan.objects.filter(status=Loan.Status.ACTIVE, terms=due.terms, due_on=due.due_on, pk__gt=last)
    batch = list(loans.order_by("pk").values_list("pk", "patron")[:BATCH])
    if not batch:
        return None
    patrons = Patron.objects.select_for_update().filter(pk__in={patron for _loan, patron in batch}).order_by("pk")
    locked = set(patrons.values_list("pk", flat=True))
    # Read again under the locks.
    wanted = [loan for loan, patron in batch if patron in locked]
    still = Loan.objects.filter(pk__in=wanted, status=Loan.Status.ACTIVE, due_on=due.due_on, terms=due.terms)
    lines = LoanLine.objects.filter(loan__in=still, ending="", claimed_on=None)
    taken = list(lines.order_by("copy_id").only("pk", "loan", "copy", "items"))
    if taken:
        books = books_with_holds(set(still.values_list("book", flat=True)))
        lock_queues(books)
        _lose(taken, due, now)
        publish_many(cancel_without_copies(books, now=now))
    return batch[-1][0], len(taken)


def _lose(taken: Sequence[LoanLine], due: Due, now: datetime) -> None:
    ids, loan_ids = [line.pk for line in taken], {line.loan_id for line in taken}
    LoanLine.objects.filter(pk__in=ids).update(ending=LoanLine.Ending.LOST, ended_at=now, lost_on=due.lost_on)
    copies = {copy.pk: copy for copy in lose_copies([line.copy_id for line in taken])}
    concerned = Loan.objects.filter(pk__in=loan_ids)
    concerned.update(version=F("version") + 1)
    concerned.exclude(lines__ending="").update(status=Loan.Status.RETURNED, returned_at=now)
    rows = concerned.annotate(outstanding=copies_out()).values_list(
        *LoanFacts.__annotations__, "outstanding", named=True
    )
    loans, lines = {loan.pk: loan for loan in rows}, lines_in_detail(loan_ids)
    facts = {pk: facts_of(loan, now, loan.outstanding, lines.get(pk, ())) for pk, loan in loans.items()}
    note_acts("CopyLost", [(loans[line.loan_id].patron_id, line.loan_id, line.copy_id) for line in taken], at=now)

    people = borrowers({loan.patron_id for loan in loans.values()})
    late, item_counts = _late(due), due.terms.rules.items.late
    publish_many(
        CopyLost(
            **_of_copy(copies[line.copy_id], facts[line.loan_id]),
            **late,
            category=people[facts[line.loan_id]["patron"]].category,
            late_items=line.items if item_counts else 0,
        )
        for line in taken
    )


def _late(due: Due) -> dict[str, Any]:
    """What is the same for all that were due on a day."""
    rules = due.terms.rules.late
    late = late_return(due.due_on, due.lost_on, rules)
    return {
        "lost_on": due.lost_on,
        "days_late": late.days_late,
        "days_counted": late.days_counted,
        "late_as": rules.as_,
    }


def _of_copy(copy: Copy, loan: dict[str, Any]) -> dict[str, Any]:
    return {
        "occurred_at": loan["occurred_at"],
        "copy": copy.pk,
        "book": copy.book_id,
        "title": loan["title"],
        "copy_type": copy.type,
        "price": copy.price,
        "shelf": shelf_of([copy]),
        **{name: loan[name] for name in FACTS},
    }

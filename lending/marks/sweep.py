"""The sweep that marks copies as lost that are late for as long as the rules of their loans say."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from kernel.eventbus.publishing.outbox import publish_many
from kernel.eventbus.publishing.selected import publish_selected
from kernel.storage.databases import atomic_in
from kernel.storage.retries import with_retries
from lending.events import CopyLost
from lending.holds.losing import cancel_without_copies
from lending.holds.settling import books_with_holds
from lending.loans_in_sql import facts_in_sql
from lending.locks import lock_accounts_of, lock_queues
from lending.marks.losing import Due, Taken, lose, lost, take_lines
from lending.models import Loan, LoanLine, Terms
from lending.policies.borrowers import categories_of
from lending.policies.late_returns import late_return

BATCH = 10_000
"""So many are in memory, and SQLite's one writer is held for so many."""


def copies_to_lose(as_of: date) -> QuerySet[LoanLine]:
    """Copies that are late by that day for as long as the rules say that their loans keep."""
    of_terms = Q(pk=None)
    for terms, days in _terms_that_lose():
        of_terms |= Q(loan__terms=terms, loan__due_on__lte=as_of - timedelta(days=days))
    return LoanLine.objects.filter(of_terms, ending="", claimed_on=None, loan__status=Loan.Status.ACTIVE)


def mark_lost(*, as_of: date, now: datetime, progress: Callable[[int], None]) -> int:
    """Marks each such copy as lost, as of the day on which it was late for so long, and announces each once.

    Returns how many there were. Each batch commits with its events, so a sweep that is stopped and run again does the
    rest. `progress` is given the size of each batch. It charges nothing. What is claimed to be returned is left.
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
    following = Loan.objects.filter(status=Loan.Status.ACTIVE, terms=due.terms, due_on=due.due_on, pk__gt=last)
    batch = list(following.order_by("pk").values_list("pk", "patron", "book")[:BATCH])
    if not batch:
        return None
    loans, patrons, books = (list(column) for column in zip(*batch, strict=True))
    lock_accounts_of(loans)
    if not (taken := take_lines(loans, due, now)).lines:
        return loans[-1], 0
    waited_for = books_with_holds(set(books))
    lock_queues(waited_for)

    lose(taken, now)

    _announce(taken, due, dict(zip(loans, patrons, strict=True)), now)
    publish_many(cancel_without_copies(waited_for, now=now))
    return loans[-1], len(taken.lines)


def _announce(taken: Taken, due: Due, patrons: dict[int, int | None], now: datetime) -> None:
    """Says of each copy that it is lost; those of patrons of one category with one statement."""
    constants, count_items, facts = _late(due), due.terms.rules.items.late, facts_in_sql(taken.loans)
    for category, lines in _by_category(taken, patrons).items():
        selected = lost(lines, facts, {**constants, "category": category}, count_items=count_items)
        publish_selected(CopyLost, selected, occurred_at=now)


def _by_category(taken: Taken, patrons: dict[int, int | None]) -> dict[str, list[int]]:
    """The lines, by the category of who has the loan."""
    categories = categories_of({patron for patron in patrons.values() if patron})
    lines: dict[str, list[int]] = defaultdict(list)
    for line, loan in zip(taken.lines, taken.loans, strict=True):
        lines[categories.get(patrons[loan] or 0, "")].append(line)
    return lines


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

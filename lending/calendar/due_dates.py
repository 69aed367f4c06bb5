"""Due dates on open days: of new loans, and those that a closure moves."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.days import arithmetic
from kernel.days.calendar import Calendar
from kernel.eventbus.publishing.outbox import publish_many
from kernel.observability.tracing import current_trace, tracing
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from kernel.storage.retries import with_retries
from lending.calendar.memory import calendar_in_force
from lending.events import DueDateChanged, LoanFacts, facts_of
from lending.locks import lock_known_accounts
from lending.models import Closure, DueDateMove, Loan
from lending.outstanding import copies_out, lines_in_detail

BATCH = 2_000
"""So many due dates move in one transaction."""


class NoOpenDay(Refused):
    code = "no_open_day"
    sentence = _("The calendar has no open day within %(days)s days of %(day)s.")
    is_final = True


def due_date(calendar: Calendar, start: date, days: int) -> date:
    """The due date of a loan that begins, or goes on, on a day for so many days. Raises `NoOpenDay`."""
    try:
        return arithmetic.due_date(calendar, start, days)
    except arithmetic.NoOpenDayFound as nowhere:
        raise NoOpenDay(days=arithmetic.REACH, day=nowhere.args[0]) from nowhere


def due_within(closure: Closure) -> QuerySet[Loan]:
    """The loans with copies out that are due on one of its days."""
    return Loan.objects.filter(status=Loan.Status.ACTIVE, due_on__range=(closure.first, closure.last))


def move_due_dates(closure_id: int, *, now: datetime) -> int:
    """Moves the due dates of open loans out of a closure, each to the next open day; returns how many.

    One act, in batches that commit with their events: stopped and run again it moves the rest, under the same causation
    id. A due date that is open all the same stays. Raises `Closure.DoesNotExist` and `NoOpenDay`.
    """
    closure = _moving(closure_id)
    calendar = calendar_in_force()
    days = due_within(closure).order_by("due_on").values_list("due_on", flat=True).distinct()
    moves = {day: due_date(calendar, day, 0) for day in days if day}

    return sum(
        _in_batches(partial(_move_next, closure, day, to, now), closure, closure.moving)
        for day, to in moves.items()
        if to != day
    )


def move_due_dates_back(closure_id: int, *, now: datetime) -> int:
    """Takes back what `move_due_dates` did, where the due date is still the one it set; returns how many.

    One act as well. Raises `Closure.DoesNotExist`.
    """
    closure = Closure.objects.get(pk=closure_id)
    if closure.moving is None:
        return 0
    moved = _in_batches(partial(_move_back_next, closure, now), closure, uuid.uuid5(closure.moving, "back"))
    Closure.objects.filter(pk=closure_id, moving=closure.moving).update(moving=None)
    return moved


@atomic_in("lending")
def _moving(closure_id: int) -> Closure:
    """The closure, with the causation id of its act."""
    closure = Closure.objects.select_for_update().get(pk=closure_id)
    if closure.moving is None:
        closure.moving = uuid.uuid4()
        closure.save(update_fields=["moving"])
    return closure


def _in_batches(move_next: Callable[[int], tuple[int, int]], closure: Closure, act: uuid.UUID | None) -> int:
    """Calls for batch after batch behind the last id, until there is none; returns how many moved."""
    moved, last = 0, 0
    with tracing(replace(current_trace(), causation_id=act, reason=closure.reason)):
        while True:
            count, last = with_retries(partial(move_next, last))
            if not last:
                return moved
            moved += count


@atomic_in("lending")
def _move_next(closure: Closure, day: date, to: date, now: datetime, last: int) -> tuple[int, int]:
    """Moves the next loans due that day, under the locks of their patrons; how many, and the last id looked at."""
    due = Loan.objects.filter(status=Loan.Status.ACTIVE, due_on=day, pk__gt=last).order_by("pk")
    seen = list(due.values_list("pk", "patron")[:BATCH])
    lock_known_accounts({patron for _loan, patron in seen})
    loans = _facts(due.filter(pk__in=[loan for loan, _patron in seen]))  # again, under the locks

    made = [DueDateMove(closure=closure, loan_id=loan.pk, due_before=day, due_after=to) for loan in loans]
    DueDateMove.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["closure", "loan"], update_fields=["due_before", "due_after"]
    )
    _change(loans, to, now)
    return len(loans), seen[-1][0] if seen else 0


@atomic_in("lending")
def _move_back_next(closure: Closure, now: datetime, last: int) -> tuple[int, int]:
    """Moves the next loans back; how many, and the last move looked at."""
    moves = list(closure.moves.filter(pk__gt=last).select_related("loan").order_by("pk")[:BATCH])
    lock_known_accounts({move.loan.patron_id for move in moves if move.loan.patron_id})
    made = {move.loan_id: move for move in closure.moves.filter(pk__in=[move.pk for move in moves])}
    loans = _facts(Loan.objects.filter(pk__in=made, status=Loan.Status.ACTIVE))
    kept = [loan for loan in loans if loan.due_on == made[loan.pk].due_after]

    for day in sorted({made[loan.pk].due_before for loan in kept}):
        _change([loan for loan in kept if made[loan.pk].due_before == day], day, now)
    closure.moves.filter(pk__in=[move.pk for move in made.values()]).delete()
    return len(kept), moves[-1].pk if moves else 0


def _facts(loans: QuerySet[Loan]) -> list[Any]:
    """What events tell of these loans, and how many copies of each are out, in the order of their ids."""
    facts = loans.annotate(outstanding=copies_out()).order_by("pk")
    return list(facts.values_list(*LoanFacts.__annotations__, "outstanding", named=True))


def _change(loans: list[Any], to: date, now: datetime) -> None:
    """Sets the due date of loans that were due on one day, and announces it."""
    Loan.objects.filter(pk__in=[loan.pk for loan in loans]).update(due_on=to, version=F("version") + 1)
    changed = [(loan.due_on, loan._replace(version=loan.version + 1, due_on=to)) for loan in loans]
    lines = lines_in_detail([loan.pk for loan in loans])
    publish_many(
        DueDateChanged(**facts_of(loan, now, loan.outstanding, lines.get(loan.pk, ())), due_before=before)
        for before, loan in changed
    )

"""Undoing what was done at the desk by mistake, with everything that followed from it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from kernel.eventbus.publishing.outbox import publish, publish_many
from kernel.eventbus.stream.changes import changes_of
from kernel.observability.tracing import acting
from kernel.storage.databases import atomic_in
from lending.events import BookBorrowed, HoldMoved, HoldReady, LoanUndone, RenewalUndone, ReturnUndone
from lending.history.services import note_act_on
from lending.holds.assigning import assign_copies, expect_returns
from lending.holds.losing import open_again, take_back_from_ready
from lending.locks import lock_loan, lock_queues, save_next_version
from lending.models import Copy, DueDateAct, Loan, LoanLine, Return
from lending.returns.items import note_that_all_are_there
from lending.stock.copies import end_lines, take_named
from lending.stock.shelf import prices_of, shelf_of
from lending.suspensions.services import recompute_suspension
from lending.undo.refusals import (
    NOBODYS,
    NOT_NEWEST,
    NOTHING,
    NotUndoable,
    refuse_if_changed_since,
    refuse_if_marked_since,
    went_on,
)


def undo_return(return_id: int, *, reason: str, now: datetime) -> Loan:
    """Puts the copies of a return back on their loan, and takes back the suspension that it led to; what it cost is
    cancelled by those who hear of it. Raises `Return.DoesNotExist` and `NotUndoable`."""
    with acting(reason=reason):
        return _undo_return(return_id, now)


def undo_loan(loan_id: int, *, reason: str, now: datetime) -> Loan:
    """Takes a loan back as if it had not been made. Raises `Loan.DoesNotExist` and `NotUndoable`."""
    with acting(reason=reason):
        return _undo_loan(loan_id, now)


def undo_renewal(loan_id: int, *, reason: str, now: datetime) -> Loan:
    """Takes back the last renewal of a loan that was not undone yet. Raises `Loan.DoesNotExist` and `NotUndoable`."""
    with acting(reason=reason):
        return _undo_renewal(loan_id, now)


@atomic_in("lending")
def _undo_return(return_id: int, now: datetime) -> Loan:
    loan = lock_loan(Return.objects.get(pk=return_id).loan_id)
    made = Return.objects.get(pk=return_id)
    if made.voided_at:
        raise NotUndoable(why=NOTHING)
    if loan.patron_id is None:
        raise NotUndoable(why=NOBODYS)
    refuse_if_changed_since(loan, made.version)
    refuse_if_marked_since(loan, made.returned_at)
    lines = [line for line in loan.all_lines if line.brought_back_id == made.pk]
    lock_queues([loan.book_id])
    freed = take_back_from_ready(made.pk, now=now)
    taken = _taken_again(lines, freed)
    note_that_all_are_there(lines)

    made.voided_at = now
    made.save(update_fields=["voided_at"])
    for line in lines:
        line.ending, line.ended_at, line.brought_back = LoanLine.Ending.OPEN, None, None
    LoanLine.objects.bulk_update(lines, ["ending", "ended_at", "brought_back"])
    loan.status, loan.returned_at, loan.request_id = Loan.Status.ACTIVE, None, loan.request_id or _request_of(loan)
    save_next_version(loan)
    if made.suspension_days:
        recompute_suspension(loan.holder, now=now)
    note_act_on(loan, "ReturnUndone", at=now)
    assigned = assign_copies([loan.book_id], now=now)

    facts = loan.facts(now, outstanding=_out(loan))
    shelf = {**shelf_of(taken, loan.pk), **assigned.shelf}
    moved = [HoldMoved(**hold.facts(now)) for hold in freed.values()]
    again = ReturnUndone(**facts, shelf=shelf, prices=prices_of(taken), return_id=made.pk)
    publish_many([again, *moved, *assigned.events(now)])
    return loan


@atomic_in("lending")
def _undo_loan(loan_id: int, now: datetime) -> Loan:
    loan = lock_loan(loan_id)
    if loan.status != Loan.Status.ACTIVE:
        raise NotUndoable(why=NOTHING)
    refuse_if_changed_since(loan, 0)
    refuse_if_marked_since(loan)

    lock_queues([loan.book_id])
    out = [line for line in loan.all_lines if not line.ending]
    copies = end_lines(out, LoanLine.Ending.CANCELLED, now)
    opened = open_again(loan_id, copies, now=now)
    kept = {hold.copy_id for hold in opened}
    if opened:
        expect_returns([loan.book_id])
    assigned = assign_copies([loan.book_id], now=now, in_hand=[copy.pk for copy in copies if copy.pk not in kept])
    loan.status, loan.cancel_reason = Loan.Status.CANCELLED, Loan.CancelReason.BY_LIBRARY
    loan.reasons = [Loan.CancelReason.BY_LIBRARY]
    save_next_version(loan)
    note_act_on(loan, "LoanUndone", at=now)

    came_back = {**shelf_of(copies), **assigned.shelf}
    again = [(HoldReady if hold.copy_id else HoldMoved)(**hold.facts(now)) for hold in opened]
    publish_many([LoanUndone(**loan.facts(now, outstanding=0), shelf=came_back), *again, *assigned.events(now)])
    return loan


@atomic_in("lending")
def _undo_renewal(loan_id: int, now: datetime) -> Loan:
    loan = lock_loan(loan_id)
    renewals = loan.due_date_acts.filter(kind=DueDateAct.Kind.RENEWAL, voided_at=None)
    renewal = renewals.order_by("-version").first()
    if renewal is None or loan.status != Loan.Status.ACTIVE:
        raise NotUndoable(why=NOTHING)
    refuse_if_changed_since(loan, renewal.version)
    if loan.due_on != renewal.due_after:
        raise NotUndoable(why=NOT_NEWEST)

    renewal.voided_at = now
    renewal.save(update_fields=["voided_at"])
    loan.due_on, loan.renewals = renewal.due_before, loan.renewals - 1
    save_next_version(loan)
    note_act_on(loan, "RenewalUndone", at=now)

    facts = loan.facts(now, outstanding=_out(loan))
    publish(RenewalUndone(**facts, due_before=renewal.due_after, renewal=renewal.version))
    return loan


def _request_of(loan: Loan) -> UUID | None:
    """The request that a loan was made by, which its row has while it is out: an import finds its own by it."""
    made = changes_of(loan, f"loan:{loan.pk}", [BookBorrowed], 1)
    return made[0].correlation_id if made else None


def _taken_again(lines: Sequence[LoanLine], freed: Collection[int]) -> list[Copy]:
    """Takes the copies of ended lines, in the order of their ids; those that are freed were held until now. Raises
    `NotUndoable` where one went on since."""
    copies = [line.copy_id for line in lines]
    found = Copy.objects.select_for_update().filter(pk__in=copies).order_by("pk")
    for copy in found:
        if copy.pk not in freed and not _stands_where_it_came(copy):
            raise went_on(copy.pk)
    later = LoanLine.objects.filter(copy__in=copies).order_by("pk")
    newest = dict(later.values_list("copy", "pk"))
    for line in lines:
        if newest[line.copy_id] != line.pk:
            raise went_on(line.copy_id)
    claimed = [line.copy_id for line in lines if line.claimed_on]
    taken = take_named(copies)
    Copy.objects.filter(pk__in=claimed).update(condition=Copy.Condition.CLAIMED_RETURNED)
    for copy in taken:
        copy.condition = Copy.Condition.CLAIMED_RETURNED if copy.pk in claimed else copy.condition
    return taken


def _stands_where_it_came(copy: Copy) -> bool:
    """Whether nothing has become of a copy that came back."""
    in_order = copy.condition == Copy.Condition.OK and not copy.withdrawn
    return in_order and copy.place in {Copy.Place.SHELF, Copy.Place.TO_PULL, Copy.Place.DROP_BOX}


def _out(loan: Loan) -> int:
    return sum(not line.ending for line in loan.all_lines)

"""What becomes of a loan whose copy the catalogue withdrew while the loan was taking it."""

from datetime import datetime

from kernel.eventbus.publishing.outbox import publish
from kernel.storage.databases import atomic_in
from lending.events import CopySubstituted, LoanCancelled
from lending.holds.settling import settle_queues
from lending.locks import lock_loan, lock_queues, save_next_version
from lending.models import Copy, Loan, LoanLine
from lending.policies.late_returns import rules_kept
from lending.stock.copies import end_lines, lend_out, take_copies
from lending.stock.shelf import prices_of, shelf_of

ENDED_BEFORE = {LoanLine.Ending.RETURNED, LoanLine.Ending.LOST}


class ChangedHands(Exception):
    """Somebody took the copy between the look at its loan and the lock on it: to be tried again."""


@atomic_in("lending")
def give_up_copy(copy_id: int, *, now: datetime) -> None:
    """Takes a copy out of lending. A loan that has it gets another copy, or that part of it is cancelled.

    The line that held the copy is ended by this, so it happens once, and to no other patron's loan.
    Raises `ChangedHands`; then nothing is changed.
    """
    line = LoanLine.objects.filter(copy=copy_id, ending="").first()
    loan = lock_loan(line.loan_id) if line else None
    lock_queues(list(Copy.objects.filter(pk=copy_id).values_list("book", flat=True)))
    if loan:  # another copy may be needed: all are locked in the order of their ids, as by everybody who takes several
        list(Copy.objects.select_for_update().filter(book=loan.book_id).order_by("id"))
    copy = Copy.objects.select_for_update().get(pk=copy_id)
    held = [one for one in loan.all_lines if one.copy_id == copy_id and not one.ending] if loan else []
    if copy.place == Copy.Place.LOAN and not held:
        raise ChangedHands(copy_id)

    copy.withdrawn = True
    copy.save(update_fields=["withdrawn"])

    if loan and held and not _substitute(loan, held, now):
        _cancel_part(loan, held, now)
    settle_queues([copy.book_id], now=now, lost=[copy_id])


def _substitute(loan: Loan, held: list[LoanLine], now: datetime) -> bool:
    """Puts another copy of the type and volume in the place of the withdrawn one, if there is one; who says that it
    was returned wants no other."""
    copy = held[0].copy
    others = take_copies(loan.book_id, 1, copy.type, volume=copy.volume) if held[0].claimed_on is None else []
    if not others:
        return False

    came_back = shelf_of(end_lines(held, LoanLine.Ending.SUBSTITUTED, now))
    loan.all_lines += lend_out([(loan, others, rules_kept(loan, "", copy.type).items)])
    save_next_version(loan)

    out = sum(not line.ending for line in loan.all_lines)
    shelf = {**shelf_of(others, loan.pk), **came_back}
    publish(CopySubstituted(**loan.facts(now, out), shelf=shelf, prices=prices_of(others)))
    return True


def _cancel_part(loan: Loan, held: list[LoanLine], now: datetime) -> None:
    """Takes the withdrawn copy off the loan; a loan that has none left is over."""
    came_back = shelf_of(end_lines(held, LoanLine.Ending.CANCELLED, now))
    outstanding = sum(not one.ending for one in loan.all_lines)
    loan.cancel_reason = Loan.CancelReason.COPY_WITHDRAWN
    loan.reasons = [loan.cancel_reason]
    if loan.quantity == len(held):
        loan.status = Loan.Status.CANCELLED
    else:
        loan.quantity -= len(held)
        if not outstanding:  # the others came back or were lost
            ended = [one.ended_at for one in loan.all_lines if one.ending in ENDED_BEFORE and one.ended_at]
            loan.status, loan.returned_at = Loan.Status.RETURNED, max(ended)
    save_next_version(loan)

    story = loan.facts(now, outstanding)
    publish(LoanCancelled(**story, cancelled=len(held), reason=loan.cancel_reason, shelf=came_back))

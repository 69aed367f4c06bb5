"""What a librarian marks copies as, and what follows for the loans that have them."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish
from kernel.observability.tracing import acting
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from lending.events import CopyConditionChanged, CopyFound, CopyLost, CopyReplaced
from lending.holds.settling import settle_queues
from lending.locks import save_next_version
from lending.marks.marked import ChangedHands, Marked, lock_copy
from lending.marks.rules import Mark, may_be_marked
from lending.models import Copy, Loan, LoanLine
from lending.returns.services import return_book

ATTEMPTS = 5


class NoReplacement(Refused):
    code = "no_replacement"
    sentence = _("No other copy of the same book has the barcode %(barcode)s: add it to the book first.")


class StandsForAnother(NoReplacement):
    sentence = _(
        "The copy %(barcode)s can't stand for this one: it is lost itself, or it replaced another one already."
    )


def mark_copy(copy_id: int, *, mark: Mark, now: datetime, reason: str = "", barcode: str = "") -> Copy:
    """Marks a copy, for a reason; `barcode` is that of the copy which replaces a lost one.

    Raises `Copy.DoesNotExist`, also for one that is withdrawn, `OnLoan`, `NotMarkable` and `NoReplacement`; then
    nothing is changed.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with acting(reason=reason):
                return _mark(copy_id, mark, barcode, now)
        except ChangedHands:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("each attempt ends with a copy or an error")


@atomic_in("lending")
def _mark(copy_id: int, mark: Mark, barcode: str, now: datetime) -> Copy:
    marked = lock_copy(copy_id, now=now)
    copy = marked.copy
    is_replaced = copy.replaced_by is not None
    if refusal := may_be_marked(mark, copy.condition, is_out=marked.is_out, is_replaced=is_replaced):
        loan = marked.loan.pk if marked.is_out and marked.loan else None
        raise refusal(barcode=copy.barcode, condition=copy.get_condition_display(), loan=loan)
    if mark == Mark.REPLACED:
        _replace(marked, barcode)
    else:
        CHANGES[mark](marked)
    settle_queues([copy.book_id], now=now, lost=[copy.pk])
    copy.refresh_from_db(fields=["place", "moves"])
    return copy


def _lose(marked: Marked) -> None:
    line, loan = marked.line, marked.loan
    if line and loan:
        line.ending, line.ended_at, line.lost_on = LoanLine.Ending.LOST, marked.now, marked.today
        line.save(update_fields=["ending", "ended_at", "lost_on"])
        if all(one.ending for one in loan.all_lines):
            loan.status, loan.returned_at = Loan.Status.RETURNED, marked.now
        save_next_version(loan)
    marked.put(Copy.Condition.LOST, Copy.Place.NOWHERE)

    publish(CopyLost(**marked.facts("CopyLost")))


def _find(marked: Marked) -> None:
    if marked.is_out and marked.loan:  # claimed to be returned: it was, on that day
        return_book(marked.loan.pk, barcode=marked.copy.barcode, now=marked.now)
        marked.copy.refresh_from_db()
        return
    marked.copy.replaced_by = None
    marked.put(Copy.Condition.OK, Copy.Place.SHELF)
    _settle(marked)

    publish(CopyFound(**marked.facts("CopyFound"), found_on=marked.today))


def _replace(marked: Marked, barcode: str) -> None:
    others = Copy.objects.filter(book=marked.copy.book_id, withdrawn=False, barcode__anycase=barcode)
    other = others.exclude(pk=marked.copy.pk).first()
    if other is None:
        raise NoReplacement(barcode=barcode)
    if other.condition == Copy.Condition.LOST or Copy.objects.filter(replaced_by=other.pk).exists():
        raise StandsForAnother(barcode=barcode)
    marked.copy.replaced_by = other.pk
    marked.put(Copy.Condition.LOST)
    _settle(marked)

    publish(CopyReplaced(**marked.facts("CopyReplaced"), replaced_by=other.pk))


def _claim(marked: Marked) -> None:
    if marked.line and marked.loan:
        marked.line.claimed_on = marked.today
        marked.line.save(update_fields=["claimed_on"])
        save_next_version(marked.loan)
    marked.put(Copy.Condition.CLAIMED_RETURNED)

    publish(
        CopyConditionChanged(
            **marked.facts("CopyConditionChanged"), condition="claimed_returned", claimed_on=marked.today
        )
    )


def _settle(marked: Marked) -> None:
    """The loan that lost it has nothing to do with it any more."""
    if marked.line and marked.loan:
        marked.line.settled_at = marked.now
        marked.line.save(update_fields=["settled_at"])
        save_next_version(marked.loan)


def _to(condition: Copy.Condition) -> Callable[[Marked], None]:
    """Marks a copy that is not out with that condition."""

    def change(marked: Marked) -> None:
        missing = condition == Copy.Condition.MISSING
        stays = marked.copy.place == Copy.Place.DROP_BOX
        marked.put(condition, Copy.Place.NOWHERE if missing else Copy.Place.DROP_BOX if stays else Copy.Place.SHELF)

        publish(CopyConditionChanged(**marked.facts("CopyConditionChanged"), condition=str(condition)))

    return change


CHANGES: Mapping[Mark, Callable[[Marked], None]] = {
    Mark.LOST: _lose,
    Mark.FOUND: _find,
    Mark.CLAIMED_RETURNED: _claim,
    Mark.DAMAGED: _to(Copy.Condition.DAMAGED),
    Mark.MISSING: _to(Copy.Condition.MISSING),
    Mark.IN_REPAIR: _to(Copy.Condition.IN_REPAIR),
    Mark.AVAILABLE: _to(Copy.Condition.OK),
}

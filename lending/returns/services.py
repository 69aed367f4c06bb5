"""Returning: copies of a loan come back, some or all."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.utils import timezone

from kernel.eventbus.publishing.outbox import publish_many
from kernel.observability.tracing import current_trace
from kernel.storage.databases import after_commit_in, atomic_in
from kernel.values.scans import is_same
from lending.holds.first_waiting import first_waiting
from lending.locks import lock_loan, lock_queues
from lending.metrics import RETURNS
from lending.models import Copy, LoanLine, Return
from lending.policies.borrowers import borrowers
from lending.policies.late_returns import rules_kept
from lending.returns.drop_box import copy_in_drop_box, place_of_own_return, shelve_copy
from lending.returns.items import NOTHING_SAID, MissingItems, note_missing_items
from lending.returns.refusals import CopyNotOnLoan, NotOnLoan, QueueBegan, not_before_the_loan
from lending.returns.taking import Coming, announced, give_to_holds, put_by, take_back
from lending.stock.shelf import LOAN_THAT_HAS
from lending.suspensions.services import recompute_suspension


@dataclass(frozen=True, kw_only=True)
class ReturnAsked:
    """What should come back, and how, as `return_book` is asked."""

    quantity: int | None
    barcode: str
    of_patron: int | None
    returned_on: date | None
    missing: MissingItems


def return_book(
    loan_id: int,
    *,
    now: datetime,
    quantity: int | None = None,
    barcode: str = "",
    of_patron: int | None = None,
    returned_on: date | None = None,
    missing: MissingItems = NOTHING_SAID,
) -> Return:
    """Takes back some copies of a loan, the one of that barcode, or all that are out, as of today or an earlier day.

    With `of_patron` it is that patron who returns them, without a librarian. Raises `Loan.DoesNotExist`, also for
    another patron's loan, `NotOnLoan` when fewer are out, `BeforeTheLoan`, `NoSelfReturn`, and of the copy of a
    barcode `UnknownItems` and `ItemsMissing`; then nothing is changed.
    """
    asked = ReturnAsked(
        quantity=quantity, barcode=barcode, of_patron=of_patron, returned_on=returned_on, missing=missing
    )
    try:
        return _return(loan_id, asked, now)
    except QueueBegan:
        return _return(loan_id, asked, now, behind_queue=True)


@atomic_in("lending")
def _return(loan_id: int, asked: ReturnAsked, now: datetime, *, behind_queue: bool = False) -> Return:
    loan = lock_loan(loan_id, of_patron=asked.of_patron)
    lines = sorted((line for line in loan.all_lines if not line.ending), key=_as_they_come_back)
    coming = lines[: asked.quantity]
    if asked.barcode:
        coming = [line for line in lines if is_same(asked.barcode, line.copy.barcode)]
    if not coming or len(coming) < (asked.quantity or 1) or loan.due_on is None:
        raise NotOnLoan(out=len(lines), wanted=asked.quantity or 1)
    not_before_the_loan(loan, asked.returned_on)
    if behind_queue := behind_queue or any(line.copy.waited_for for line in coming):
        lock_queues([loan.book_id])
    today = timezone.localdate(now)
    first = first_waiting([loan.book_id], today).get(loan.book_id) if behind_queue else None
    people = borrowers({loan.holder, *([first.hold.holder] if first else [])})
    rules = rules_kept(loan, people[loan.holder].category, coming[0].copy.type)
    place = Copy.Place.SHELF if asked.of_patron is None else place_of_own_return(rules)
    for line in coming:
        note_missing_items(line.copy, asked.missing, rules.items, line=line)
    on_day = defaultdict[date, list[LoanLine]](list)
    for line in coming:
        on_day[_day_of(line, asked.returned_on or today)].append(line)

    for day in sorted(on_day):
        made = _take_back(
            Coming(
                loan=loan,
                lines=on_day[day],
                on=day,
                at=now,
                today=today,
                people=people,
                rules=rules,
                place=put_by(place, behind_queue=behind_queue),
                trace=current_trace(),
                first=first if len(on_day) == 1 else None,
            ),
            behind_queue=behind_queue,
        )
    after_commit_in("lending", partial(RETURNS.inc, len(on_day)))
    return made


def _as_they_come_back(line: LoanLine) -> tuple[bool, int]:
    """Those claimed to be returned come last; else as copies are locked."""
    return line.claimed_on is not None, line.copy_id


def _day_of(line: LoanLine, day: date) -> date:
    """What was claimed to be returned counts for the day of the claim at the latest."""
    return min(day, line.claimed_on or day)


def _take_back(coming: Coming, *, behind_queue: bool) -> Return:
    loan, now = coming.loan, coming.at
    (made,) = take_back([coming])
    if coming.is_waited_for and not behind_queue:
        raise QueueBegan(loan.book_id)
    assigned = give_to_holds(made, coming)
    made.suspended_until = loan.account.suspended_until
    if made.suspension_days:
        made.suspended_until = recompute_suspension(loan.holder, now=now, return_id=made.pk)

    publish_many(announced(made, coming, assigned), writes=assigned.unwritten)
    return made


def return_copy(
    barcode: str, *, now: datetime, returned_on: date | None = None, missing: MissingItems = NOTHING_SAID
) -> Return:
    """Takes back the copy of that barcode, whoever has it, or shelves it out of the drop box. Raises what `return_book`
    raises."""
    if copy := copy_in_drop_box(barcode):
        return shelve_copy(copy.pk, returned_on=returned_on, missing=missing, now=now)
    return return_book(loan_of_copy(barcode), barcode=barcode, now=now, returned_on=returned_on, missing=missing)


def loan_of_copy(barcode: str, returned_at: datetime | None = None) -> int:
    """The id of the loan that gave that copy back at that very moment, or else that has it now. Raises `NotOnLoan`."""
    if returned_at:
        back = LoanLine.objects.filter(copy__barcode__anycase=barcode, ending="returned", ended_at=returned_at).first()
        if back:
            return back.loan_id
    copies = Copy.objects.filter(barcode__anycase=barcode).annotate(has_it=LOAN_THAT_HAS)
    loan_id = next(filter(None, copies.order_by("pk").values_list("has_it", flat=True)), None)
    if loan_id is None:
        raise CopyNotOnLoan(barcode=barcode)
    return loan_id

"""Taking copies back: the return, the ended lines, the copies and the loan, of one loan or of many, who gets the copies
then, and what is announced of each. Everything here needs a transaction with the patrons' accounts locked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from kernel.eventbus.events import DomainEvent
from kernel.observability.tracing import Trace
from kernel.storage.bulk import insert_rows, update_rows
from kernel.storage.databases import database_of
from lending.events import BookReturned, Shelf
from lending.holds.assigning import NOTHING, Assigned, assign_brought_back
from lending.holds.first_waiting import FirstWaiting
from lending.models import Copy, Loan, LoanLine, Return, trace_fields
from lending.policies.borrowers import Borrower
from lending.policies.late_returns import late_return
from lending.policy_fields import Rules
from lending.stock.copies import bring_back
from lending.stock.shelf import shelf_of


@dataclass(frozen=True, kw_only=True)
class Coming:
    """Copies of a locked loan that come back at once, `today`: as of which day, by which rules, where they are put, and
    who waits first for them, where that was read. `people` are the patron, and whoever waits first."""

    loan: Loan
    lines: Sequence[LoanLine]
    on: date
    at: datetime
    today: date
    people: Mapping[int, Borrower]
    rules: Rules
    place: Copy.Place
    trace: Trace
    first: FirstWaiting | None = None

    @property
    def category(self) -> str:
        """The patron's."""
        return self.people[self.loan.holder].category

    @property
    def late_items(self) -> Mapping[int, int]:
        """How many accompanying items of each copy count as late copies."""
        if not self.rules.items.late:
            return {}
        return {line.copy_id: line.items for line in self.lines if line.items}

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody may wait for one of the copies, as they were read last."""
        return any(line.copy.waited_for for line in self.lines)


def take_back(coming: Sequence[Coming]) -> list[Return]:
    """Takes back what comes, of each loan once; the returns, in that order. What it does to queues and to patrons'
    suspensions is for the caller, and so is announcing it."""
    made = [_return_of(one) for one in coming]
    insert_rows(made, database_of("lending"))
    for one, its_return in zip(coming, made, strict=True):
        for line in one.lines:
            line.ending, line.ended_at, line.brought_back = LoanLine.Ending.RETURNED, one.at, its_return
    _shelve(coming)
    _save([_closed(one) for one in coming])
    return made


def put_by(place: Copy.Place, *, behind_queue: bool) -> Copy.Place:
    """Where copies are put that would come to a place: on the hold shelf, where somebody waits for what is shelved."""
    return Copy.Place.HOLD_SHELF if behind_queue and place == Copy.Place.SHELF else place


def give_to_holds(made: Return, coming: Coming) -> Assigned:
    """Gives what was put on the hold shelf to the first who may have it. What of it is `unwritten` the caller writes,
    with the events that tell of it or before. Needs the lock of the book's queue."""
    if coming.place != Copy.Place.HOLD_SHELF:
        return NOTHING
    copies = [line.copy for line in coming.lines]
    only = copies[0] if len(copies) == 1 else None
    match = coming.first.match(only, coming.people, coming.today) if coming.first and only else None
    assigned = assign_brought_back(coming.loan.book_id, copies, now=coming.at, return_id=made.pk, match=match)
    made.holds = assigned.ready
    return assigned


def announced(made: Return, coming: Coming, assigned: Assigned = NOTHING) -> Sequence[DomainEvent]:
    """What is to be announced of a return and of the holds that became ready by it."""
    shelf = shelf_of(line.copy for line in coming.lines)
    return [_returned(made, coming, {**shelf, **assigned.shelf}), *assigned.events(coming.at)]


def _returned(made: Return, coming: Coming, shelf: Shelf) -> BookReturned:
    out = sum(not line.ending for line in coming.loan.all_lines)
    return BookReturned(
        **coming.loan.facts(coming.at, outstanding=out),
        shelf=shelf,
        return_id=made.pk,
        returned=made.quantity,
        returned_on=made.returned_on,
        days_late=made.days_late,
        days_counted=made.days_counted,
        late_as=made.late_as,
        category=coming.category,
        copy_type=coming.lines[0].copy.type,
        prices={line.copy_id: line.copy.price for line in coming.lines},
        late_items=dict(coming.late_items),
    )


def _return_of(coming: Coming) -> Return:
    loan = coming.loan
    return Return(
        loan=loan,
        patron_id=loan.patron_id,
        quantity=len(coming.lines),
        returned_at=coming.at,
        returned_on=coming.on,
        version=loan.version + 1,
        late_items=sum(coming.late_items.values()),
        **asdict(late_return(loan.due_on or coming.on, coming.on, coming.rules.late)),
        **trace_fields(coming.trace) | {"request_id": None},  # the event has it
    )


def _shelve(coming: Sequence[Coming]) -> None:
    """Moves the copies to where they are put; each line has its copy as it is then."""
    places = sorted({one.place for one in coming})
    if len(places) > 1:
        _lock([line.copy_id for one in coming for line in one.lines])
    for place in places:
        lines = [line for one in coming if one.place == place for line in one.lines]
        moved = {copy.pk: copy for copy in bring_back(lines, place)}
        for line in lines:
            line.copy = moved[line.copy_id]


def _lock(copies: Collection[int]) -> None:
    """Locks copies in the order of their ids, which are about to be moved by several statements."""
    list(Copy.objects.select_for_update().filter(pk__among=copies).order_by("pk").values_list("pk"))


def _closed(coming: Coming) -> Loan:
    loan = coming.loan
    loan.version += 1
    if all(line.ending for line in loan.all_lines):
        loan.status, loan.returned_at, loan.request_id = Loan.Status.RETURNED, coming.at, None
    return loan


def _save(loans: Collection[Loan]) -> None:
    update_rows(list(loans), ["version", "status", "returned_at", "request_id"], database_of("lending"))

"""Many returns at the same moment, in a few statements."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.utils import timezone

from kernel.eventbus.events import DomainEvent
from kernel.eventbus.publishing.outbox import publish_many
from kernel.observability.tracing import Trace, current_trace, tracing
from kernel.storage.composed import Rows, composed
from kernel.storage.databases import after_commit_in, atomic_in, connection_of
from kernel.storage.writes import Write, write
from lending.holds.assigning import NOTHING
from lending.holds.first_waiting import FirstWaiting, first_waiting
from lending.locks import lock_loans
from lending.metrics import RETURNS
from lending.models import Copy, Loan, LoanLine, Return
from lending.policies.borrowers import Borrower, borrowers
from lending.policies.late_returns import late_return, rules_kept
from lending.returns.drop_box import NoSelfReturn, place_of_own_return
from lending.returns.refusals import QueueBegan
from lending.returns.taking import Coming, announced, give_to_holds, put_by, take_back
from lending.stock.shelf import LOAN_THAT_HAS


@dataclass(frozen=True, kw_only=True)
class ReturnRequest:
    """What should come back at a moment: a loan, or the copy of a barcode; by whom, where it is the patron who brings
    it; and the trace of the request that asks."""

    asked_at: datetime
    loan_id: int | None = None
    quantity: int | None = None
    of_patron: int | None = None
    barcode: str = ""
    trace: Trace = field(default_factory=current_trace)


@atomic_in("lending", savepoint=False)
def return_books(requests: Sequence[ReturnRequest]) -> list[Return | None]:
    """Takes back of many loans in a few statements, as `return_book` and `return_copy` would; each return.

    None stands for what these must decide: whatever a rule may refuse, a loan that is asked for twice, a copy that was
    claimed to be returned or lacks an item or whose queue somebody else has locked, and a return that leads to a
    suspension.
    Raises `QueueBegan` when somebody has just placed the first hold on one of the books; then nothing is changed.
    """
    wanted = _loans_of(requests)
    loans, locked = lock_loans(set(filter(None, wanted)))
    firsts = first_waiting(locked, timezone.localdate(max(request.asked_at for request in requests)))
    people = borrowers({loan.holder for loan in loans.values()} | {first.hold.holder for first in firsts.values()})
    asked = Counter(wanted)
    coming: dict[int, Coming] = {}
    for place, (request, loan_id) in enumerate(zip(requests, wanted, strict=True)):
        loan = loans.get(loan_id or 0)
        one = _plain(loan, request, people, firsts) if loan and asked[loan_id] == 1 else None
        if one and (not one.is_waited_for or one.loan.book_id in locked):
            coming[place] = one

    made = dict(zip(coming, _take_back(list(coming.values())), strict=True))
    _announce([(made[place], one) for place, one in coming.items()])
    after_commit_in("lending", partial(RETURNS.inc, len(made)))
    return [made.get(place) for place in range(len(requests))]


def _loans_of(requests: Sequence[ReturnRequest]) -> list[int | None]:
    """The loan that each request is about; None where only one request at a time can tell."""
    of_barcode = _loans_of_barcodes({request.barcode for request in requests if request.barcode})
    return [request.loan_id or of_barcode.get(request.barcode.upper()) for request in requests]


def _loans_of_barcodes(barcodes: Collection[str]) -> Mapping[str, int]:
    """The loans that have the copies of these barcodes, by the barcode in capital letters."""
    if not barcodes:
        return {}
    found = defaultdict(list)
    for barcode, place, loan_id in _copies_and_loans(barcodes):
        found[barcode.upper()].append(loan_id if place == Copy.Place.LOAN else None)
    return {barcode: loans[0] for barcode, loans in found.items() if len(loans) == 1 and loans[0]}


@composed
def _copies_and_loans(barcodes: Collection[str]) -> Rows:
    copies = Copy.objects.filter(barcode__anycase_in=barcodes)
    return copies.values_list("barcode", "place", LOAN_THAT_HAS)


def _plain(
    loan: Loan, request: ReturnRequest, people: Mapping[int, Borrower], firsts: dict[int, FirstWaiting]
) -> Coming | None:
    """What comes back, where nothing has to be decided beside how late it is; it takes whoever waits first for it out
    of the `firsts`."""
    out = sorted((line for line in loan.all_lines if not line.ending), key=lambda line: line.copy_id)
    if request.barcode:
        out = [line for line in out if line.copy.barcode.upper() == request.barcode.upper()]
    lines, day = out[: request.quantity], timezone.localdate(request.asked_at)
    if not lines or len(lines) < (request.quantity or 1) or any(map(_needs_care, out)):
        return None
    if loan.due_on is None or request.of_patron not in (None, loan.patron_id):
        return None
    rules = rules_kept(loan, people[loan.holder].category, lines[0].copy.type)
    if late_return(loan.due_on, day, rules.late).suspension_days:
        return None
    try:
        place = Copy.Place.SHELF if request.of_patron is None else place_of_own_return(rules)
    except NoSelfReturn:
        return None
    is_waited_for = any(line.copy.waited_for for line in lines)
    return Coming(
        loan=loan,
        lines=lines,
        on=day,
        at=request.asked_at,
        today=day,
        people=people,
        rules=rules,
        place=put_by(place, behind_queue=is_waited_for),
        trace=request.trace,
        first=firsts.pop(loan.book_id, None) if is_waited_for else None,
    )


def _needs_care(line: LoanLine) -> bool:
    return line.claimed_on is not None or bool(line.copy.missing_items)


def _take_back(coming: Sequence[Coming]) -> list[Return]:
    nobody_waited = [one for one in coming if not one.is_waited_for]
    made = take_back(coming)
    if any(one.is_waited_for for one in nobody_waited):
        raise QueueBegan
    return made


def _announce(outcomes: Iterable[tuple[Return, Coming]]) -> None:
    """Gives what came back to those who wait for it, as whoever asked, and announces all of it. What the last of them
    gets is written along with that: then nobody looks any more who waits."""
    announcements: list[tuple[DomainEvent, Trace]] = []
    unwritten: Sequence[Write] = ()
    for made, coming in outcomes:
        made.suspended_until = coming.loan.account.suspended_until
        assigned = NOTHING
        if coming.is_waited_for:
            write(connection_of("lending"), unwritten)
            with tracing(coming.trace):
                assigned = give_to_holds(made, coming)
            unwritten = assigned.unwritten
        announcements += [(event, coming.trace) for event in announced(made, coming, assigned)]
    events, traces = zip(*announcements, strict=True) if announcements else ((), ())
    publish_many(events, traces, writes=unwritten)

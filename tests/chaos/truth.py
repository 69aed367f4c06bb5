"""What is true afterwards. `manage.py shell -c` runs `compare` in a process of its own, on the run's database."""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fines.models import Entry
from kernel.eventbus.models import Delivery, Event
from lending.holds.queries import holds
from lending.models import IN_QUEUE, Copy, Debt, DeferredReturn, Hold, Loan, Return
from library.operations.drift import drift
from reporting.counting import count_stale_days
from tests.reporting.recount import counted, recounted
from tests.stories.test_random_history import (
    every_copy_is_in_one_place,
    fines_belong_to_late_returns,
    loans_tell_what_their_copies_do,
    the_catalogue_knows_the_stock,
)

WITHIN = 60
"""Seconds in which what the clock asks for while all is compared has been heard by everybody."""


def compare() -> None:
    """Reads what people remember from standard input; prints a JSON list of what is otherwise in the database.

    The installation is still at work: where its hourly sweep announces something meanwhile, it is compared again.
    """
    told, deadline = json.load(sys.stdin), time.monotonic() + WITHIN
    newest = _newest_event()
    wrong = _compared(told)
    while newest != (newest := _newest_event()) and time.monotonic() < deadline:
        while Delivery.objects.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        wrong = _compared(told)
    print(json.dumps(wrong))


def _newest_event() -> int:
    return Event.objects.order_by("pk").values_list("pk", flat=True).last() or 0


def _compared(told: dict[str, Any]) -> list[str]:
    memories = told["memories"]
    return [
        *_deliveries(),
        *_loans(memories),
        *_waived(memories),
        *_holds(memories),
        *_queues(told["books"]),
        *_agreement(told["books"]),
    ]


def _deliveries() -> Iterator[str]:
    for delivery in Delivery.objects.select_related("event")[:10]:
        state = f"{delivery.status}, {delivery.attempts} attempts, not before {delivery.not_before}"
        yield f"{delivery.event.name} {delivery.key} to {delivery.handler}: {state} {delivery.error[-500:]}"


def _loans(memories: list[dict[str, Any]]) -> Iterator[str]:
    """Every answer is true, and nothing happened that was not answered, but for what was never answered at all."""
    borrowed = {int(loan): status for memory in memories for loan, status in memory["borrowed"].items()}
    returned = {int(loan): status for memory in memories for loan, status in memory["returned"].items()}
    open_calls = Counter(call["path"].rpartition("/")[2] for memory in memories for call in memory["unanswered"])
    loans = {loan.pk: loan for loan in Loan.objects.all()}
    back = Counter(Return.objects.values_list("loan", flat=True))
    for loan, status in borrowed.items():
        if loan not in loans:
            yield f"loan {loan} was answered {status} and is not there"
        elif loans[loan].status == "requested" or (status == 201 and loans[loan].status == "cancelled"):
            yield f"loan {loan} was answered {status} and is {loans[loan].status}"
    for loan, status in returned.items():
        if back[loan] != 1:
            yield f"the return of loan {loan} was answered {status} and happened {back[loan]} times"
    if len(unasked := loans.keys() - borrowed.keys()) > open_calls["loans"]:
        yield f"loans that nobody was told of: {sorted(unasked)}, {open_calls['loans']} were never answered"
    if len(unasked := back.keys() - returned.keys()) > open_calls["return"]:
        yield f"returns that nobody was told of: {sorted(unasked)}, {open_calls['return']} were never answered"
    if waiting := DeferredReturn.objects.filter(done_at=None).count():
        yield f"{waiting} returns that were put off are not done"
    yield from (f"loan {pk} is requested for ever" for pk, loan in loans.items() if loan.status == "requested")


def _waived(memories: list[dict[str, Any]]) -> Iterator[str]:
    waivers = Counter(Entry.objects.filter(kind="waiver").values_list("fine", flat=True))
    for fine in (fine for memory in memories for fine in memory["waived"]):
        if waivers[fine] != 1:
            yield f"fine {fine} was waived {waivers[fine]} times"


def _statistics() -> Iterator[str]:
    """The statistics are what the log comes to, event by event."""
    count_stale_days()
    counts, log = Counter(counted()), Counter(recounted())
    for place in sorted({*(counts - log), *(log - counts)})[:10]:
        yield f"statistics have {counts[place]} of {place}, the log {log[place]}"


def _holds(memories: list[dict[str, Any]]) -> Iterator[str]:
    """Every answer about a hold is true, and none was placed or cancelled that nobody was told of."""
    placed = {int(hold) for memory in memories for hold in memory["held"]}
    cancelled = {hold for memory in memories for hold in memory["cancelled"]}
    open_calls = Counter(call["path"].rpartition("/")[2] for memory in memories for call in memory["unanswered"])
    states = dict(Hold.objects.values_list("pk", "cancel_reason"))
    yield from (f"hold {hold} was answered and is not there" for hold in placed - states.keys())
    yield from (f"hold {hold} was cancelled and is not" for hold in cancelled if states.get(hold) != "by_patron")
    if len(unasked := states.keys() - placed) > open_calls["holds"]:
        yield f"holds that nobody was told of: {sorted(unasked)}, {open_calls['holds']} were never answered"
    by_patrons = {hold for hold, reason in states.items() if reason == "by_patron"}
    if len(unasked := by_patrons - cancelled) > open_calls["cancel"]:
        yield f"holds that nobody cancelled: {sorted(unasked)}, {open_calls['cancel']} were never answered"


def _queues(books: list[int]) -> Iterator[str]:
    """Each copy on the hold shelf is for one, positions are whole, and nobody waits for what is in stock."""
    ready = Counter(Hold.objects.filter(status="ready").values_list("copy", flat=True))
    there = Counter(Copy.objects.filter(place="hold_shelf").values_list("pk", flat=True))
    if ready != there:
        yield f"ready are copies {dict(ready)}, on the hold shelf {dict(there)}"
    for book in books:
        queue = list(holds().filter(IN_QUEUE, book=book).order_by("volume", "place"))
        if [hold.at for hold in queue] != list(range(1, len(queue) + 1)):
            yield f"positions of book {book}: {[hold.at for hold in queue]}"
        waiting = sum(hold.status == "waiting" for hold in queue)
        places = Counter(Copy.objects.filter(book=book).values_list("place", flat=True))
        if places["to_pull"] > waiting or (places["shelf"] and places["to_pull"] < waiting):
            yield f"{waiting} wait for book {book}, whose copies are {dict(places)}"


def _agreement(books: list[int]) -> Iterator[str]:
    yield from drift()
    yield from _statistics()
    entries = Counter()
    for fine, amount in Entry.objects.values_list("fine", "amount"):
        entries[fine] += amount
    if dict(Debt.objects.values_list("fine", "owed")) != entries:
        yield "lending knows other debts than the fines have"
    for check, arguments in (
        (every_copy_is_in_one_place, ()),
        (the_catalogue_knows_the_stock, (books,)),
        (loans_tell_what_their_copies_do, ()),
        (fines_belong_to_late_returns, ()),
    ):
        try:
            check(*arguments)
        except AssertionError as wrong:
            yield f"{check.__name__}: {wrong}"

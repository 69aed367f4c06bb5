"""Returns of the same moment share a transaction; each comes to what it would alone."""

import uuid
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.eventbus.models import Event
from kernel.eventbus.registry import facts_of
from kernel.observability.tracing import Trace
from kernel.storage.databases import atomic_in
from lending.models import Act, Copy, Hold, Loan, LoanLine, Return
from lending.returns import grouped
from lending.returns.grouped import ReturnRequest, return_books
from lending.returns.refusals import QueueBegan
from lending.returns.services import return_book
from tests.factories import Town, everything_on_record, new_policy
from tests.lending.queueing import hold, others
from tests.people import a_patron

MOST = 13
OWN = {"id", "uuid", "loan", "loan_id", "patron", "patron_id", "book", "return_id", "shelf", "prices", "late_items"}
"""What two returns that are alike have each of its own."""


def by_id(loan: dict[str, Any], **more: Any) -> ReturnRequest:
    """A return of a loan, now."""
    return ReturnRequest(asked_at=timezone.now(), loan_id=loan["id"], **more)


def by_barcode(barcode: str) -> ReturnRequest:
    """A copy is scanned at the desk, now."""
    return ReturnRequest(asked_at=timezone.now(), barcode=barcode)


def barcode_of(loan: dict[str, Any]) -> str:
    """Of its first copy."""
    return str(loan["copies"][0]["barcode"])


def becomes_of(made: Return) -> dict[str, Any]:
    """What a return left behind, without what is its own."""
    event = Event.objects.get(name="BookReturned", payload__return_id=made.pk)
    loan = Loan.objects.filter(pk=made.loan_id).values("status", "version", "returned_at").get()
    lines = LoanLine.objects.filter(brought_back=made).order_by("pk")
    said = facts_of(event)
    shelf = [{**told, "loan": None} for told in said["shelf"].values()]
    row = Return.objects.filter(pk=made.pk).values().get()
    return {
        "row": {name: value for name, value in row.items() if name not in OWN | {"request_id", "requested_by"}},
        "event": {name: value for name, value in said.items() if name not in OWN},
        "values": [*said["prices"].values(), *said["late_items"].values()],
        "loan": loan,
        "lines": list(lines.values("ending", "ended_at", "copy__place", "copy__moves")),
        "shelf": shelf,
        "deliveries": event.deliveries.count(),
    }


def two_loans(town: Town, number: int, copies: int = 1, **details: Any) -> list[dict[str, Any]]:
    """Two patrons borrow copies of two books that are alike."""
    people = [a_patron(f"P-{number}-{which}", **details) for which in range(2)]
    return [town.lend(person, town.book(copies=copies, title=f"{number}"), quantity=copies) for person in people]


def test_each_of_many_comes_to_what_it_would_alone(town: Town) -> None:
    new_policy(late__as="fine")
    late = two_loans(town, 1)
    town.days_pass(20)
    plain, some, scanned = two_loans(town, 2), two_loans(town, 3, copies=3), two_loans(town, 4)
    pairs = [(late, {}), (plain, {}), (some, {"quantity": 2}), (scanned, {"barcode": barcode_of(scanned[0])})]
    requests = [
        by_barcode(more["barcode"]) if "barcode" in more else by_id(first, **more) for (first, _), more in pairs
    ]

    made = return_books(requests)
    for at_once, ((_, other), more) in zip(made, pairs, strict=True):
        alone = return_book(other["id"], now=timezone.now(), quantity=more.get("quantity"))
        assert at_once
        assert becomes_of(at_once) == becomes_of(alone)
    assert made[0]
    assert made[0].days_counted > 0


def test_what_needs_a_decision_is_left_and_nothing_of_it_is_changed(town: Town) -> None:
    twice, others, claimed, lacking = (two_loans(town, number)[0] for number in range(4))
    jo, copy = town.jo, town.copy_ids(claimed["book"])[0]
    assert town.librarian.post(f"copies/{copy}/mark", {"as": "claimed_returned"}).status_code == 200
    Copy.objects.filter(book=lacking["book"]).update(items=["CD"], missing_items=["CD"])
    closed, few = two_loans(town, 6)
    town.give_back(town.librarian, closed)
    new_policy(late__as="suspension")
    suspending = two_loans(town, 7)[0]
    town.days_pass(30)
    before = everything_on_record()

    requests = [by_id(twice), by_id(twice), by_id(others, of_patron=jo.id), by_id(claimed)]
    requests += [by_id(lacking), by_id(closed), by_barcode(barcode_of(closed)), by_barcode("ㅁㅁ"), by_id(suspending)]
    requests += [by_id({"id": 404_404}), by_id({"id": 10**20}), by_id(few, quantity=2), by_barcode("NOBODY")]
    assert return_books(requests) == [None] * len(requests)
    assert everything_on_record() == before


def test_twelve_returns_ask_no_more_than_two(town: Town) -> None:
    asked = []
    for count in (2, 12):
        loans = [town.lend(a_patron(f"P-{count}-{n}"), town.book(title=f"{count}/{n}")) for n in range(count)]
        requests = [by_barcode(barcode_of(loan)) if n % 2 else by_id(loan) for n, loan in enumerate(loans)]
        with CaptureQueriesContext(connection) as captured:
            assert all(return_books(requests))
        asked.append(len(captured))
    assert asked[0] == asked[1] <= MOST


def test_a_return_that_somebody_waits_for_asks_one_statement_more_or_three(town: Town) -> None:
    """Who is first. The hold that is ready, and the act of that, are written with the events: on SQLite by statements
    of their own. The queue's lock comes with the loan."""
    plain, waited = two_loans(town, 1)
    for person in others(3):
        hold(person, waited["book"])
    return_books([by_barcode(barcode_of(two_loans(town, 2)[0]))])  # what is asked first is asked once
    asked = []
    for loan in (plain, waited):
        with CaptureQueriesContext(connection) as captured:
            (made,) = return_books([by_barcode(barcode_of(loan))])
        asked.append(len(captured))
    assert made
    assert [ready.book_id for ready in made.holds] == [waited["book"]]
    assert asked[1] - asked[0] == (3 if connection.vendor == "sqlite" else 1)


def test_a_hold_that_is_placed_meanwhile_leaves_all_to_be_done_alone(town: Town) -> None:
    first, second = two_loans(town, 1)
    take_back = grouped.take_back

    def waited_for_by_now(coming: Any) -> Any:
        Copy.objects.filter(book=first["book"]).update(waited_for=True)
        return take_back(coming)

    with patch.object(grouped, "take_back", waited_for_by_now):
        with pytest.raises(QueueBegan), atomic_in("lending"):
            return_books([by_id(first), by_id(second)])
        assert not Return.objects.exists()
        assert town.give_back(town.librarian, first)["status"] == "returned"


def test_a_drop_box_gets_what_patrons_bring(town: Town) -> None:
    new_policy(loan__self_return="drop_box")
    loan = town.lend(town.haneul, town.book())
    (made,) = return_books([by_id(loan, of_patron=town.haneul.id)])
    assert made
    assert Copy.objects.get(book=loan["book"]).place == "drop_box"


def test_copies_that_somebody_waits_for_go_to_the_first_as_they_would_alone(town: Town) -> None:
    books = [town.book(copies=2, title=f"{number}") for number in range(2)]
    loans = [town.lend(a_patron(f"P-{book}-{number}"), book) for book in books for number in range(2)]
    barred, *waiting = others(4)
    holds = [hold(person, books[0]) for person in (barred, *waiting)] + [hold(waiting[0], books[1])]
    assert town.librarian.post(f"patrons/{barred.id}/blocks", {"reason": "밀린 일"}).status_code == 201
    plain = town.lend(town.haneul, town.book(title="아무도"))

    made = return_books([by_barcode(barcode_of(loan)) if loan["id"] % 2 else by_id(loan) for loan in [*loans, plain]])
    assert [[ready.pk for ready in one.holds] for one in made if one] == [
        *[[holds[1]["id"]], [holds[2]["id"]]],
        *[[holds[4]["id"]], []],
        [],
    ]
    places = [Copy.objects.get(barcode=barcode_of(loan)).place for loan in [*loans, plain]]
    assert places == ["hold_shelf", "hold_shelf", "hold_shelf", "shelf", "shelf"]
    events = Event.objects.filter(name__in=["BookReturned", "HoldReady"]).order_by("pk")
    assert [event.name for event in events] == [*["BookReturned", "HoldReady"] * 3, *["BookReturned"] * 2]
    told = [event.payload["shelf"] for event in events if event.name == "BookReturned"]
    assert [[copy["where"] for copy in shelf.values()] for shelf in told] == [[place] for place in places]
    ready = Hold.objects.filter(status="ready").order_by("pk")
    assert [one.brought_back for one in ready] == [one.pk for one in made[:3] if one]
    assert [one.copy.barcode for one in ready if one.copy] == [barcode_of(loan) for loan in loans[:3]]


def test_a_hold_that_becomes_ready_in_a_group_is_by_who_brought_the_copy(town: Town) -> None:
    loans = [town.lend(a_patron(f"P-{number}"), town.book(title=f"{number}")) for number in range(2)]
    for loan in loans:
        hold(town.jo, loan["book"])
    traces = [Trace(uuid.uuid4(), by=number + 1, via=via) for number, via in enumerate(["desk", "machine"])]
    assert all(return_books([by_id(loan, trace=trace) for loan, trace in zip(loans, traces, strict=True)]))
    said = [("desk", 1), ("machine", 2)]
    assert list(Event.objects.filter(name="HoldReady").order_by("pk").values_list("via", "by")) == said
    assert list(Act.objects.filter(what="HoldReady").order_by("pk").values_list("via", "by")) == said

"""Copies are lost, found, replaced, claimed and repaired; whatever is heard of first, everybody agrees in the end."""

from io import StringIO
from typing import Any

from django.core.management import call_command

from fines.models import Entry, Fine
from library.operations.drift import drift
from tests.factories import Town, seoul

FEES = {"lost_amount": 5_000, "processing_fee": 1_000}


def marked(town: Town, copy: int, *marks: str, **more: Any) -> None:
    """A copy is marked so, one after the other; nobody hears of it yet."""
    for mark in marks:
        answer = town.librarian.post(f"copies/{copy}/mark", {"as": mark, "reason": "정리", **more})
        assert answer.status_code == 200, answer.json()


def test_marks_come_to_the_same_whatever_is_heard_of_first(town: Town) -> None:
    assert town.librarian.post("fee-schedules", FEES).status_code == 201
    book = town.book(copies=8, title="무진기행")
    (new,) = town.librarian.post(f"books/{book}/copies", {"barcodes": ["NEW-1"]}).json()
    town.bus.settle()
    loan = town.lend(town.haneul, book, quantity=4)
    found, replaced, claimed, lost = (copy["id"] for copy in loan["copies"])
    at_home = [copy for copy in town.copy_ids(book) if copy not in (found, replaced, claimed, lost, new["id"])]

    town.moves_to(seoul(3, 20))
    for copy in (found, replaced, lost):
        marked(town, copy, "lost")
    town.bus.settle()  # the bus keeps the order of what is told of one copy
    marked(town, found, "found")
    marked(town, replaced, "replaced", barcode="NEW-1")
    marked(town, claimed, "claimed_returned", "found")
    marked(town, at_home[0], "missing", "found")
    marked(town, at_home[1], "damaged", "available")
    marked(town, at_home[2], "damaged", "in_repair")
    marked(town, at_home[3], "missing", "lost", "found", "damaged")
    town.bus.settle()

    page = town.page(town.haneul)
    assert (page["copies_on_loan"], page["copies_overdue"], page["fines_accruing"]) == (0, 0, 0)
    owed = sorted((fine["kind"], fine["amount"]) for fine in page["fines"])
    late, processing = [("late", 500)] * 2, [("processing", 1_000)] * 3
    assert owed == [*late, *processing, ("replacement", 5_000)]
    assert Fine.objects.filter(kind="replacement").count() == 3
    assert sum(Entry.objects.values_list("amount", flat=True)) == page["fines_outstanding"] == 9_000
    assert town.loan(town.haneul, loan)["status"] == "returned"
    assert (town.available(book), town.listed(book)) == (5, 5)
    shown = town.librarian.get(f"books/{book}/copies").json()["results"]
    conditions = {copy["id"]: (copy["condition"], copy["where"]) for copy in shown}
    assert [conditions[copy] for copy in (found, replaced, claimed, lost)] == [
        ("ok", "shelf"), ("lost", None), ("ok", "shelf"), ("lost", None),
    ]  # fmt: skip
    assert [conditions[copy][0] for copy in at_home] == ["ok", "ok", "in_repair", "damaged"]
    assert list(drift()) == []

    call_command("replay", "dashboard", "--from-empty", stdout=StringIO())
    assert list(drift()) == []
    again = town.page(town.haneul)
    assert {**again, "as_of": None} == {**page, "as_of": None}


def test_a_claim_that_is_heard_of_behind_the_return_changes_nothing(town: Town) -> None:
    loan = town.lend(town.haneul, town.book(copies=2), quantity=2)
    town.moves_to(seoul(3, 18))
    marked(town, loan["copies"][0]["id"], "claimed_returned")
    assert town.librarian.post(f"loans/{loan['id']}/return", {"quantity": 1}).status_code == 200
    town.bus.settle()
    page = town.page(town.haneul)
    assert (page["copies_on_loan"], page["copies_overdue"]) == (1, 0)
    assert town.librarian.post(f"loans/{loan['id']}/return", {}).status_code == 200
    marked(town, loan["copies"][0]["id"], "lost", "found")
    town.bus.settle()
    assert town.page(town.haneul)["copies_on_loan"] == 0
    assert list(drift()) == []

"""RULES 5.5: accompanying items must come back with their copy, or are noted on it."""

import pytest

from lending.models import Copy, LoanLine, Return
from tests.factories import Town, new_policy, refusal
from tests.people import a_librarian


@pytest.fixture
def barcode(town: Town) -> str:
    """A copy with a CD and a map that is on loan."""
    book = town.book(copies=0)
    record = {"barcodes": ["CD-1"], "items": ["CD", "지도"]}
    assert town.librarian.post(f"books/{book}/copies", record).status_code == 201
    town.bus.settle()
    town.lend(town.haneul, book)
    return "CD-1"


def test_what_must_come_back_is_asked_for(town: Town, barcode: str) -> None:
    wanted = {"barcode": barcode, "missing_items": ["CD"]}
    assert refusal(town.librarian.post("returns", wanted)) == (409, "items_missing")
    assert town.librarian.post("returns", {**wanted, "override": ["items_missing"]}).status_code == 400
    answer = town.librarian.post("returns", {**wanted, "override": ["items_missing"], "reason": "내일 가져옴"})
    assert answer.status_code == 200
    assert Copy.objects.get(barcode=barcode).missing_items == ["CD"]


def test_only_who_may_decides_against_it(town: Town, barcode: str) -> None:
    wanted = {"barcode": barcode, "missing_items": ["CD"], "override": ["items_missing"], "reason": "x"}
    assert a_librarian("L-9001", roles=["desk"]).post("returns", wanted).status_code == 403
    assert Copy.objects.get(barcode=barcode).place == "loan"


@pytest.fixture
def missing(town: Town) -> str:
    """A copy with a CD, which somebody kept, and a map."""
    book = town.book(copies=0)
    town.librarian.post(f"books/{book}/copies", {"barcodes": ["CD-2"], "items": ["CD", "지도"]})
    town.bus.settle()
    town.lend(town.haneul, book)
    wanted = {"barcode": "CD-2", "missing_items": ["CD"], "override": ["items_missing"], "reason": "내일 가져옴"}
    assert town.librarian.post("returns", wanted).status_code == 200
    assert Copy.objects.get(barcode="CD-2").missing_items == ["CD"]
    return "CD-2"


def test_what_did_not_go_along_stays_missing(town: Town, missing: str) -> None:
    copy = Copy.objects.get(barcode=missing)
    loan = town.lend(town.jo, copy.book_id)
    assert town.librarian.post("returns", {"barcode": missing}).status_code == 200
    copy.refresh_from_db()
    assert (copy.missing_items, LoanLine.objects.get(loan=loan["id"]).items) == (["CD"], 1)

    town.lend(town.jo, copy.book_id)
    wanted = {"barcode": missing, "missing_items": ["CD", "지도"]}
    answer = town.librarian.post("returns", wanted)
    assert answer.status_code == 409
    assert "CD," not in answer.json()["detail"]
    assert town.librarian.post("returns", {**wanted, "missing_items": ["CD"]}).status_code == 200


def test_what_need_not_come_back_is_noted(town: Town) -> None:
    new_policy(items__must_return=False)
    book = town.book(copies=0)
    town.librarian.post(f"books/{book}/copies", {"barcodes": ["CD-4"], "items": ["CD"]})
    town.bus.settle()
    town.lend(town.haneul, book)
    assert town.librarian.post("returns", {"barcode": "CD-4", "missing_items": ["CD"]}).status_code == 200
    assert Copy.objects.get(barcode="CD-4").missing_items == ["CD"]


def test_what_is_said_to_be_there_is_missing_no_more(town: Town, missing: str) -> None:
    copy = Copy.objects.get(barcode=missing)
    town.lend(town.jo, copy.book_id)
    assert town.librarian.post("returns", {"barcode": missing, "missing_items": []}).status_code == 200
    copy.refresh_from_db()
    assert copy.missing_items == []


def test_an_undone_return_has_noted_nothing(town: Town, missing: str) -> None:
    made = Return.objects.get()
    assert town.librarian.post(f"returns/{made.pk}/undo", {"reason": "x"}).status_code == 200
    assert Copy.objects.get(barcode=missing).missing_items == []


def test_what_is_missing_in_the_drop_box_is_noted_at_the_desk(town: Town) -> None:
    new_policy(loan__self_return="drop_box")
    book = town.book(copies=0)
    town.librarian.post(f"books/{book}/copies", {"barcodes": ["CD-3"], "items": ["CD"]})
    town.bus.settle()
    town.give_back(town.haneul, town.lend(town.haneul, book))
    answer = town.librarian.post("returns", {"barcode": "CD-3", "missing_items": ["DVD"]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "missing_items")
    wanted = {"barcode": "CD-3", "missing_items": ["CD"]}
    assert refusal(town.librarian.post("returns", wanted)) == (409, "items_missing")
    assert town.available(book) == 0
    answer = town.librarian.post("returns", {**wanted, "override": ["items_missing"], "reason": "내일 가져옴"})
    assert answer.status_code == 200
    assert (town.available(book), Copy.objects.get(barcode="CD-3").missing_items) == (1, ["CD"])


def test_an_item_that_the_copy_has_not_is_bad_input(town: Town, barcode: str) -> None:
    answer = town.librarian.post("returns", {"barcode": barcode, "missing_items": ["DVD"]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "missing_items")
    assert town.librarian.post("returns", {"barcode": barcode}).status_code == 200

"""RULES 5.5: accompanying items must come back with their copy, or are noted on it."""

import pytest

from lending.models import Copy
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


def test_what_need_not_come_back_is_noted(town: Town) -> None:
    new_policy(items__must_return=False)
    book = town.book(copies=0)
    town.librarian.post(f"books/{book}/copies", {"barcodes": ["CD-2"], "items": ["CD"]})
    town.bus.settle()
    town.lend(town.haneul, book)
    assert town.librarian.post("returns", {"barcode": "CD-2", "missing_items": ["CD"]}).status_code == 200
    assert Copy.objects.get(barcode="CD-2").missing_items == ["CD"]
    town.lend(town.jo, book)
    assert town.librarian.post("returns", {"barcode": "CD-2"}).status_code == 200
    assert Copy.objects.get(barcode="CD-2").missing_items == []


def test_an_item_that_the_copy_has_not_is_bad_input(town: Town, barcode: str) -> None:
    answer = town.librarian.post("returns", {"barcode": barcode, "missing_items": ["DVD"]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "missing_items")
    assert town.librarian.post("returns", {"barcode": barcode}).status_code == 200

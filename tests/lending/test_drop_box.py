"""RULES 5.2: a patron's own return counts as there, or only at the desk, or as in the drop box."""

import pytest

from kernel.eventbus.models import Event
from lending.models import Copy
from library.operations.drift import drift
from tests.factories import Town, new_policy, refusal, seoul
from tests.lending.overload import overloaded
from tests.lending.queueing import hold


def test_by_default_the_copy_is_on_the_shelf(town: Town) -> None:
    book = town.book()
    town.give_back(town.haneul, town.lend(town.haneul, book))
    assert (town.available(book), town.listed(book)) == (1, 1)


def test_some_are_brought_back_at_the_desk_only(town: Town) -> None:
    new_policy(loan__self_return=False)
    loan = town.lend(town.haneul, town.book())
    events = Event.objects.count()
    assert refusal(town.haneul.post(f"loans/{loan['id']}/return")) == (409, "only_at_the_desk")
    assert Event.objects.count() == events
    assert town.librarian.post(f"loans/{loan['id']}/return").status_code == 200


@pytest.fixture
def dropped(town: Town) -> tuple[int, dict[str, object]]:
    """A book whose only copy is in the drop box, and the loan that is over."""
    new_policy(loan__self_return="drop_box")
    book = town.book()
    loan = town.lend(town.haneul, book)
    return book, town.give_back(town.haneul, loan)


def test_in_the_drop_box_a_copy_waits_for_the_desk(town: Town, dropped: tuple[int, dict[str, object]]) -> None:
    book, loan = dropped
    assert (loan["status"], loan["outstanding"]) == ("returned", 0)
    (copy,) = town.librarian.get(f"books/{book}/copies").json()["results"]
    assert (copy["where"], copy["condition"], copy["loan"]) == ("drop_box", "ok", None)
    assert (town.available(book), town.listed(book)) == (0, 0)
    assert refusal(town.jo.post("loans", {"book": book})) == (409, "out_of_stock")

    answer = town.librarian.post("returns", {"barcode": copy["barcode"]})
    assert (answer.status_code, answer.json()["id"], answer.json()["return_id"]) == (200, loan["id"], loan["return_id"])
    town.bus.settle()
    assert (town.available(book), town.listed(book)) == (1, 1)
    assert refusal(town.librarian.post("returns", {"barcode": copy["barcode"]})) == (409, "not_on_loan")
    assert list(drift()) == []


def test_who_is_suspended_is_told_so_at_the_desk_too(town: Town) -> None:
    new_policy(loan__self_return="drop_box", late__as="suspension")
    book = town.book()
    loan = town.lend(town.haneul, book)
    town.moves_to(seoul(3, 18))
    assert town.give_back(town.haneul, loan)["suspended_until"] == "2026-03-19"
    answer = town.librarian.post("returns", {"barcode": loan["copies"][0]["barcode"]})
    assert (answer.json()["days_late"], answer.json()["suspended_until"]) == (2, "2026-03-19")


def test_what_a_librarian_takes_back_is_on_the_shelf(town: Town) -> None:
    new_policy(loan__self_return="drop_box")
    book = town.book()
    loan = town.lend(town.haneul, book)
    assert town.librarian.post("returns", {"barcode": loan["copies"][0]["barcode"]}).status_code == 200
    assert town.available(book) == 1


def test_a_copy_in_the_drop_box_did_not_come_back_before_its_loan(
    town: Town, dropped: tuple[int, dict[str, object]]
) -> None:
    book, loan = dropped
    (copy,) = town.librarian.get(f"books/{book}/copies").json()["results"]
    before = {"barcode": copy["barcode"], "returned_on": "2026-03-01"}
    answer = town.librarian.post("returns", before)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "returned_on")
    assert town.available(book) == 0
    answer = town.librarian.post("returns", {**before, "returned_on": "2026-03-02"})
    assert (answer.status_code, answer.json()["return_id"]) == (200, loan["return_id"])
    assert town.available(book) == 1


@pytest.mark.parametrize("place", ["drop_box", "to_pull"])
def test_what_is_to_be_shelved_is_scanned_again_where_there_is_too_much_to_do(town: Town, place: str) -> None:
    new_policy(loan__self_return="drop_box", hold__on_shelf=True)
    book = town.book()
    if place == "drop_box":
        town.give_back(town.haneul, town.take(town.haneul, book))
    else:
        hold(town.haneul, book)
    copy = Copy.objects.get(book=book)
    assert copy.place == place
    wanted, key = {"barcode": copy.barcode}, {"Idempotency-Key": "scan-1"}
    with overloaded():
        assert refusal(town.librarian.post("returns", wanted, headers=key)) == (503, "please_wait")
    assert town.librarian.post("returns", wanted, headers=key).status_code == 200


def test_what_is_marked_in_the_drop_box_stays_there(town: Town, dropped: tuple[int, dict[str, object]]) -> None:
    book, _loan = dropped
    (copy,) = town.librarian.get(f"books/{book}/copies").json()["results"]
    for how, condition in (("damaged", "damaged"), ("available", "ok")):
        answer = town.librarian.post(f"copies/{copy['id']}/mark", {"as": how})
        assert (answer.status_code, answer.json()["where"], answer.json()["condition"]) == (200, "drop_box", condition)
    assert town.librarian.post("returns", {"barcode": copy["barcode"]}).status_code == 200
    assert town.available(book) == 1

"""A copy that somebody waits for is lent to nobody else, and a loan to the holder ends the hold."""

from typing import Any

import pytest

from library.operations.drift import drift
from tests.factories import Town, new_policy, refusal
from tests.lending.queueing import hold, others, scanned, seen, states, where

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(town: Town) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """A book whose one copy stands on the hold shelf for Haneul, the copy, and the hold."""
    book = town.book()
    loan = town.take(town.jo, book)
    placed = hold(town.haneul, book)
    town.give_back(town.jo, loan)
    return book, loan["copies"][0], seen(town.haneul, placed)


def codes(answer: Any) -> list[str]:
    """Every reason of a refusal."""
    return [one["code"] for one in answer.json()["reasons"]]


def test_the_holder_borrows_it(town: Town, ready: tuple[int, dict[str, Any], dict[str, Any]]) -> None:
    book, copy, placed = ready
    refused = town.jo.post("loans", {"book": book})
    assert (codes(refused), refused.json()["available"]) == (["out_of_stock", "held_for_another"], 0)
    assert codes(town.librarian.post("loans", {"barcode": copy["barcode"], "patron": town.jo.id})) == [
        "held_for_another"
    ]
    assert town.haneul.post("loans?dry_run=true", {"book": book}).json()["allowed"]
    loan = town.take(town.haneul, book)
    assert loan["copies"][0]["id"] == copy["id"]
    assert seen(town.haneul, placed)["status"] == "collected"
    assert where(town, copy) == "loan"


def test_the_desk_decides_against_a_hold(town: Town, ready: tuple[int, dict[str, Any], dict[str, Any]]) -> None:
    book, copy, placed = ready
    sora = others(1)[0]
    hold(sora, book)
    body = {"barcode": copy["barcode"], "patron": town.jo.id, "override": ["held_for_another"], "reason": "exam"}
    assert town.librarian.post("loans", body).status_code == 201
    back = seen(town.haneul, placed)
    assert (back["status"], back["position"], back["copy"], back["pickup_by"]) == ("waiting", 1, None, None)
    assert states(town, book) == [("waiting", 1), ("waiting", 2)]


def test_a_copy_on_the_shelf_is_pulled(town: Town) -> None:
    new_policy(hold__on_shelf=True)
    book = town.book(copies=2)
    placed = hold(town.haneul, book)
    assert (placed["status"], town.available(book)) == ("waiting", 1)
    copies = town.librarian.get(f"books/{book}/copies").json()["results"]
    pulled, free = sorted(copies, key=lambda copy: copy["id"])
    assert (where(town, pulled), town.listed(book)) == ("shelf", 1)
    assert refusal(scanned(town, free)) == (409, "not_on_loan")
    answer = scanned(town, pulled)
    assert (answer.status_code, answer.json()["hold"]["id"], answer.json()["id"]) == (200, placed["id"], None)
    assert (seen(town.haneul, placed)["status"], where(town, pulled)) == ("ready", "hold_shelf")
    assert town.take(town.haneul, book)["copies"][0]["id"] == pulled["id"]
    assert town.available(book) == 1


def test_one_who_waits_borrows_what_is_to_be_pulled(town: Town) -> None:
    new_policy(hold__on_shelf=True)
    book = town.book()
    placed = hold(town.haneul, book)
    assert codes(town.jo.post("loans", {"book": book})) == ["out_of_stock", "held_for_another"]
    town.take(town.haneul, book)
    assert seen(town.haneul, placed)["status"] == "collected"


def test_a_cancelled_hold_frees_its_copy(town: Town, ready: tuple[int, dict[str, Any], dict[str, Any]]) -> None:
    book, copy, placed = ready
    town.haneul.post(f"holds/{placed['id']}/cancel")
    assert (town.available(book), where(town, copy), town.listed(book)) == (1, "shelf", 1)
    town.lend(town.jo, book)


def test_another_copy_ends_the_hold_too(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.take(town.jo, book, 2)
    sora = others(1)[0]
    first, second = hold(town.haneul, book), hold(sora, book)
    town.give_back(town.jo, loan, 1)
    assert states(town, book) == [("ready", None), ("waiting", 1)]
    other = next(one for one in loan["copies"] if one["id"] != seen(town.haneul, first)["copy"]["id"])
    town.librarian.post(f"copies/{other['id']}/mark", {"as": "lost"})
    town.librarian.post(f"copies/{other['id']}/mark", {"as": "found"})
    assert town.available(book) == 0
    assert seen(sora, second)["status"] == "waiting"
    body = {"barcode": other["barcode"], "patron": town.haneul.id}
    assert codes(town.librarian.post("loans", body)) == ["held_for_another"]
    assert town.librarian.post("loans", {**body, "patron": sora.id}).status_code == 201
    assert states(town, book) == [("ready", None), ("collected", None)]


def test_what_was_ready_and_not_taken_goes_to_the_next_who_hears_of_it(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.take(town.jo, book, 2)
    sora = others(1)[0]
    first, second = hold(town.haneul, book), hold(sora, book)
    town.give_back(town.jo, loan, 1)
    other = next(one for one in loan["copies"] if one["id"] != seen(town.haneul, first)["copy"]["id"])
    town.librarian.post(f"copies/{other['id']}/mark", {"as": "lost"})
    town.librarian.post(f"copies/{other['id']}/mark", {"as": "found"})
    body = {"barcode": other["barcode"], "patron": town.haneul.id, "override": ["held_for_another"], "reason": "x"}
    assert town.librarian.post("loans", body).status_code == 201
    assert states(town, book) == [("collected", None), ("ready", None)]
    town.bus.settle()
    assert town.page(sora)["holds"] == [seen(sora, second)]


@pytest.mark.parametrize(("mark", "state"), [("in_repair", "waiting"), ("missing", "waiting"), ("lost", "cancelled")])
def test_a_hold_loses_its_copy(
    town: Town, ready: tuple[int, dict[str, Any], dict[str, Any]], mark: str, state: str
) -> None:
    _book, copy, placed = ready
    assert town.librarian.post(f"copies/{copy['id']}/mark", {"as": mark}).status_code == 200
    assert seen(town.haneul, placed)["status"] == state
    if mark == "in_repair":
        town.librarian.post(f"copies/{copy['id']}/mark", {"as": "available"})
        assert scanned(town, copy).json()["hold"]["id"] == placed["id"]


def test_a_withdrawn_book_ends_its_holds(town: Town, ready: tuple[int, dict[str, Any], dict[str, Any]]) -> None:
    book, _copy, placed = ready
    assert town.librarian.delete(f"books/{book}").status_code == 204
    town.bus.settle()
    assert seen(town.haneul, placed)["status"] == "cancelled"


def test_who_is_blocked_is_passed_over(town: Town) -> None:
    book = town.book()
    loan = town.take(town.jo, book)
    sora = others(1)[0]
    hold(town.haneul, book)
    hold(sora, book)
    town.librarian.post(f"patrons/{town.haneul.id}/blocks", {"reason": "noise", "until": "2026-03-10"})
    town.give_back(town.jo, loan)
    assert states(town, book) == [("waiting", 1), ("ready", None)]


def test_a_copy_nobody_may_have_is_in_stock_until_the_block_ends(town: Town) -> None:
    book = town.book()
    loan = town.take(town.jo, book)
    hold(town.haneul, book)
    block = town.librarian.post(f"patrons/{town.haneul.id}/blocks", {"reason": "noise", "until": None}).json()
    town.give_back(town.jo, loan)
    assert town.available(book) == 1
    town.librarian.post(f"blocks/{block['id']}/lift", {"reason": "quiet"})
    assert (town.available(book), states(town, book)) == (0, [("waiting", 1)])
    town.bus.settle()
    assert town.listed(book) == 0


@pytest.mark.parametrize("goes_first", [True, False])
def test_no_renewal_while_others_wait(town: Town, *, goes_first: bool) -> None:
    new_policy(renewal__if_held=goes_first)
    book = town.book()
    loan = town.take(town.jo, book)
    hold(town.haneul, book)
    answer = town.jo.post(f"loans/{loan['id']}/renew")
    if goes_first:
        assert answer.status_code == 200
    else:
        assert (refusal(answer), answer.json()["reason"]) == ((409, "renewal_refused"), "others_wait")
        body = {"override": ["others_wait"], "reason": "thesis"}
        assert town.librarian.post(f"loans/{loan['id']}/renew", body).status_code == 200


def test_undone_acts_give_the_hold_back(town: Town) -> None:
    book = town.book()
    loan = town.take(town.jo, book)
    placed = hold(town.haneul, book)
    back = town.give_back(town.jo, loan)
    undone = town.librarian.post(f"returns/{back['return_id']}/undo", {"reason": "wrong copy"})
    assert undone.status_code == 200, undone.json()
    assert (seen(town.haneul, placed)["status"], states(town, book)) == ("waiting", [("waiting", 1)])
    town.give_back(town.jo, loan)
    taken = town.take(town.haneul, book)
    assert town.librarian.post(f"loans/{taken['id']}/undo", {"reason": "wrong card"}).status_code == 200
    ready = seen(town.haneul, placed)
    assert (ready["status"], ready["copy"]["id"]) == ("ready", loan["copies"][0]["id"])
    assert where(town, loan["copies"][0]) == "hold_shelf"


@pytest.mark.parametrize("is_suspended", [False, True])
def test_where_a_hold_was_placed_anew_it_gets_the_place_of_an_undone_loan(town: Town, *, is_suspended: bool) -> None:
    new_policy(hold__on_shelf=True)
    book, other = town.book(copies=2), others(1)[0]
    out = town.take(town.jo, book, 2)
    placed = hold(town.haneul, book)
    scanned(town, out["copies"][0])
    taken = town.take(town.haneul, book)
    back = town.give_back(town.haneul, taken)
    anew = hold(town.haneul, book)
    assert town.librarian.post(f"returns/{back['return_id']}/undo", {"reason": "wrong copy"}).status_code == 200
    hold(other, book)
    assert town.librarian.post(f"holds/{anew['id']}/move", {"position": 2}).json()["position"] == 2
    if is_suspended:
        town.haneul.post(f"holds/{anew['id']}/suspend", {})
    assert town.librarian.post(f"loans/{taken['id']}/undo", {"reason": "wrong card"}).status_code == 200
    assert seen(town.haneul, placed)["status"] == "collected"
    assert states(town, book)[1:] == ([("suspended", 1), ("ready", None)] if is_suspended else
                                      [("ready", None), ("waiting", 1)])  # fmt: skip
    town.bus.settle()
    assert list(drift()) == []


def test_a_hold_that_is_given_back_comes_before_one_that_was_placed_meanwhile(town: Town) -> None:
    """Nobody is in the queue while the first one is ready: the next hold there gets the same place."""
    book = town.book()
    loan = town.take(town.jo, book)
    placed, later = hold(town.haneul, book), others(2)
    back = town.give_back(town.jo, loan)
    hold(later[0], book)
    assert town.librarian.post(f"returns/{back['return_id']}/undo", {"reason": "wrong copy"}).status_code == 200
    assert states(town, book) == [("waiting", 1), ("waiting", 2)]
    assert town.librarian.post(f"holds/{placed['id']}/move", {"position": 2}).status_code == 200
    assert seen(town.haneul, placed)["position"] == 2


def test_the_drop_box_is_shelved_for_the_first(town: Town) -> None:
    new_policy(loan__self_return="drop_box")
    book = town.book()
    loan = town.take(town.jo, book)
    placed = hold(town.haneul, book)
    assert town.give_back(town.jo, loan)["hold"] is None
    assert seen(town.haneul, placed)["status"] == "waiting"
    assert scanned(town, loan["copies"][0]).json()["hold"]["id"] == placed["id"]


def test_a_new_copy_is_to_be_pulled(town: Town) -> None:
    book = town.book()
    town.take(town.jo, book)
    placed = hold(town.haneul, book)
    new = town.librarian.post(f"books/{book}/copies", {"count": 1}).json()
    town.bus.settle()
    assert (town.available(book), town.listed(book)) == (0, 0)
    copy = next(one for one in town.librarian.get(f"books/{book}/copies").json()["results"] if one["where"] == "shelf")
    assert scanned(town, copy).json()["hold"]["id"] == placed["id"]
    assert new


def test_holds_come_before_requested_loans(town: Town) -> None:
    book = town.book()
    loan = town.take(town.jo, book)
    sora = others(1)[0]
    asked = town.ask_for(sora, book)
    placed = hold(town.haneul, book)
    town.give_back(town.jo, loan)
    assert seen(town.haneul, placed)["status"] == "ready"
    assert town.loan(sora, asked)["status"] == "requested"

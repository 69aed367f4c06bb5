"""Holds: a place in the queue, and what is against one."""

from typing import Any

import pytest
from django.utils import timezone

from lending.holds.queries import waited_for
from lending.holds.waits.preview import preview_of_hold
from lending.models import Copy
from tests.factories import Town, new_policy, refusal, seoul
from tests.lending.queueing import hold, others, seen, states, where
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def lent(town: Town) -> tuple[int, dict[str, Any]]:
    """A book whose one copy Jo has."""
    book = town.book()
    return book, town.take(town.jo, book)


def test_a_hold_is_told_whole(town: Town, lent: tuple[int, dict[str, Any]]) -> None:
    book, _loan = lent
    placed = hold(town.haneul, book)
    assert placed == {
        "id": placed["id"], "patron": town.haneul.id, "book": book, "volume": "", "title": "무진기행",
        "status": "waiting", "position": 1, "placed_at": "2026-03-02T10:00:00+09:00", "suspended_until": None,
        "ready_since": None, "pickup_by": None, "copy": None,
    }  # fmt: skip
    assert seen(town.haneul, placed) == placed
    assert refusal(town.jo.get(f"holds/{placed['id']}")) == (404, "not_found")
    assert town.haneul.get("holds").json()["results"] == [placed]
    assert town.jo.get("holds").json()["results"] == []
    assert town.librarian.get(f"holds?book={book}&status=waiting").json()["results"] == [placed]


def test_a_returned_copy_goes_to_the_first(town: Town, lent: tuple[int, dict[str, Any]]) -> None:
    book, loan = lent
    sora = others(1)[0]
    first, second = hold(town.haneul, book), hold(sora, book)
    assert (first["position"], second["position"]) == (1, 2)
    back = town.give_back(town.jo, loan)
    ready = seen(town.haneul, first)
    assert back["hold"] == ready
    assert (ready["status"], ready["position"], ready["pickup_by"]) == ("ready", None, "2026-03-05")
    assert ready["copy"] == {"id": loan["copies"][0]["id"], "barcode": loan["copies"][0]["barcode"]}
    assert seen(sora, second)["position"] == 1
    assert (where(town, loan["copies"][0]), town.available(book), town.listed(book)) == ("hold_shelf", 0, 0)


def test_who_lets_others_pass_keeps_the_place(town: Town, lent: tuple[int, dict[str, Any]]) -> None:
    book, loan = lent
    sora = others(1)[0]
    first, second = hold(town.haneul, book), hold(sora, book)
    paused = town.haneul.post(f"holds/{first['id']}/suspend", {"until": "2026-03-20"}).json()
    assert (paused["status"], paused["position"], paused["suspended_until"]) == ("suspended", 1, "2026-03-20")
    assert refusal(town.haneul.post(f"holds/{first['id']}/suspend", {})) == (409, "not_waiting")
    town.give_back(town.jo, loan)
    assert states(town, book) == [("suspended", 1), ("ready", None)]
    again = town.haneul.post(f"holds/{first['id']}/resume").json()
    assert (again["status"], again["position"], again["suspended_until"]) == ("waiting", 1, None)
    assert refusal(town.haneul.post(f"holds/{first['id']}/resume")) == (409, "not_waiting")
    assert town.haneul.post(f"holds/{first['id']}/suspend", {"until": "2026-03-01"}).status_code == 400
    assert refusal(sora.post(f"holds/{first['id']}/cancel")) == (404, "not_found")
    cancelled = sora.post(f"holds/{second['id']}/cancel").json()
    assert (cancelled["status"], cancelled["position"]) == ("cancelled", None)
    assert seen(town.haneul, first)["status"] == "ready"
    assert refusal(sora.post(f"holds/{second['id']}/cancel")) == (409, "not_waiting")


def test_a_librarian_moves_a_hold(town: Town, lent: tuple[int, dict[str, Any]]) -> None:
    book, _loan = lent
    holds = [hold(one, book) for one in others(4)]

    def order() -> list[int]:
        at = {seen(town.librarian, one)["position"]: number for number, one in enumerate(holds)}
        assert sorted(at) == [1, 2, 3, 4]
        return [at[position] for position in sorted(at)]

    for number, position, after in [(3, 1, [3, 0, 1, 2]), (3, 3, [0, 1, 3, 2]), (0, 9, [1, 3, 2, 0])]:
        moved = town.librarian.post(f"holds/{holds[number]['id']}/move", {"position": position})
        assert moved.json()["position"] == min(position, 4)
        assert order() == after
    for _ in range(60):  # more often than there is room between two neighbours
        town.librarian.post(f"holds/{holds[order()[3]]['id']}/move", {"position": 2})
    assert sorted(order()) == [0, 1, 2, 3]
    assert town.haneul.post(f"holds/{holds[0]['id']}/move", {"position": 1}).status_code == 403
    assert town.librarian.post(f"holds/{holds[0]['id']}/move", {"position": 0}).status_code == 400


def test_the_last_day_is_moved_by_telephone(town: Town, lent: tuple[int, dict[str, Any]]) -> None:
    book, loan = lent
    placed = hold(town.haneul, book)
    by = f"holds/{placed['id']}/pickup-by"
    assert refusal(town.librarian.post(by, {"pickup_by": "2026-03-09"})) == (409, "not_waiting")
    town.give_back(town.jo, loan)
    assert town.librarian.post(by, {"pickup_by": "2026-03-01"}).status_code == 400
    assert town.librarian.post(by, {"pickup_by": "2026-03-09"}).json()["pickup_by"] == "2026-03-09"
    assert town.haneul.post(by, {"pickup_by": "2026-03-10"}).status_code == 403


def test_what_is_against_a_hold(town: Town, lent: tuple[int, dict[str, Any]]) -> None:
    book, loan = lent
    there = town.book(title="토지")
    assert refusal(town.haneul.post("holds", {"book": there})) == (409, "copy_available")
    assert refusal(town.jo.post("holds", {"book": book})) == (409, "on_loan_to_you")
    hold(town.haneul, book)
    assert refusal(town.haneul.post("holds", {"book": book})) == (409, "already_held")
    assert refusal(town.haneul.post("holds", {"book": 999_999})) == (404, "not_found")
    assert town.haneul.post("holds", {"book": book, "patron": town.jo.id}).status_code == 400
    desk = {"book": book, "patron": town.jo.id, "override": ["on_loan_to_you"], "reason": "asks"}
    assert refusal(town.librarian.post("holds", desk)) == (409, "on_loan_to_you")
    desk = {"book": there, "patron": town.jo.id, "override": ["copy_available"], "reason": "is ill"}
    assert town.librarian.post("holds", desk).json()["status"] == "waiting"
    assert town.available(there) == 0
    assert loan["volume"] == ""


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"hold__max": 0}, "hold_limit_reached"),
        ({"hold__per_book": 0}, "queue_full"),
        ({"hold__per_copy": 1, "hold__per_book": 10}, None),
        ({"loan__days": 0}, "not_for_loan"),
        ({"loan__for_loan": False}, "not_for_loan"),
        ({"block__while_overdue": True}, None),
    ],
)
def test_rules_of_policies(
    town: Town, lent: tuple[int, dict[str, Any]], rules: dict[str, Any], code: str | None
) -> None:
    new_policy(**rules)
    answer = town.haneul.post("holds", {"book": lent[0]})
    assert (answer.json().get("code"), answer.status_code) == (code, 409 if code else 201)


def test_a_queue_is_as_long_as_its_copies_allow(town: Town) -> None:
    new_policy(hold__per_copy=1, hold__per_book=10)
    book = town.book(copies=2)
    town.take(town.jo, book, 2)
    first, second, third = others(3)
    hold(first, book)
    hold(second, book)
    assert refusal(third.post("holds", {"book": book})) == (409, "queue_full")
    copy = town.copy_ids(book)[0]
    town.librarian.post(f"copies/{copy}/mark", {"as": "lost"})
    codes = [one["code"] for one in town.librarian.post("holds", {"book": book, "patron": third.id}).json()["reasons"]]
    assert codes == ["queue_full"]


def test_all_reasons_are_told_in_their_order(town: Town, lent: tuple[int, dict[str, Any]]) -> None:
    new_policy(hold__max=0, hold__per_book=0)
    block = {"reason": "noise", "until": None}
    town.librarian.post(f"patrons/{town.jo.id}/blocks", block)
    answer = town.jo.post("holds", {"book": lent[0]})
    codes = [one["code"] for one in answer.json()["reasons"]]
    assert codes == ["patron_blocked", "hold_limit_reached", "on_loan_to_you", "queue_full"]


def test_volumes_have_queues_of_their_own(town: Town) -> None:
    book = town.book(copies=2)
    one, two = town.copy_ids(book)
    for copy, volume in [(one, "1"), (two, "2")]:
        assert town.librarian.patch(f"copies/{copy}", {"volume": volume}).status_code == 200
    town.bus.settle()
    available = Person().get(f"books/{book}/availability").json()["volumes"]
    assert available == [{"volume": name, "copies_total": 1, "copies_available": 1} for name in ("1", "2")]
    for call in ("loans", "holds"):
        assert "volume" in {one["field"] for one in town.jo.post(call, {"book": book}).json()["errors"]}
        assert town.jo.post(call, {"book": book, "volume": "3"}).status_code == 400
    loan = town.jo.post("loans", {"book": book, "volume": "2"}).json()
    assert (loan["volume"], loan["copies"][0]["id"]) == ("2", two)
    assert refusal(town.haneul.post("holds", {"book": book, "volume": "1"})) == (409, "copy_available")
    assert hold(town.haneul, book, volume="2")["position"] == 1
    town.moves_to(seoul(3, 3))
    town.give_back(town.jo, loan)
    assert states(town, book) == [("ready", None)]
    assert town.available(book) == 1


def one_volume_left(town: Town) -> tuple[int, Any, Any]:
    """A book of two volumes, of which the first was withdrawn and the second is lent; the loan, and a hold on that."""
    book = town.book(copies=2)
    one, two = sorted(town.copy_ids(book))
    for copy, volume in [(one, "1"), (two, "2")]:
        town.librarian.patch(f"copies/{copy}", {"volume": volume})
    town.bus.settle()
    loan = town.jo.post("loans", {"book": book, "volume": "2"}).json()
    named = hold(town.haneul, book, volume="2")
    assert town.librarian.delete(f"copies/{one}").status_code == 204
    town.bus.settle()
    return book, loan, named


def test_where_one_volume_is_left_its_hold_is_the_one_on_the_book(town: Town) -> None:
    book, _loan, _named = one_volume_left(town)
    for more in ({}, {"volume": "2"}):
        assert refusal(town.haneul.post("holds", {"book": book, **more})) == (409, "already_held")


def test_positions_where_some_name_the_only_volume_left(town: Town) -> None:
    book, loan, named = one_volume_left(town)
    people = others(2)
    preview = preview_of_hold(book, "", patron_id=people[0].id, now=timezone.now())
    placed = [hold(person, book) for person in people]
    assert (preview.position, [one["position"] for one in placed]) == (2, [2, 3])
    assert states(town, book) == [("waiting", 1), ("waiting", 2), ("waiting", 3)]
    town.bus.settle()
    assert [town.page(person)["holds"][0]["position"] for person in (town.haneul, *people)] == [1, 2, 3]
    moved = town.librarian.post(f"holds/{named['id']}/move", {"position": 2}).json()
    assert [moved["position"], *(seen(town.librarian, one)["position"] for one in placed)] == [2, 1, 3]

    town.give_back(town.jo, loan)
    assert states(town, book) == [("waiting", 1), ("ready", None), ("waiting", 2)]


def test_who_names_the_only_volume_left_and_who_does_not_fill_one_queue(town: Town) -> None:
    new_policy(hold__per_book=2)
    book, _loan, _named = one_volume_left(town)
    first, second = others(2)
    hold(first, book)
    assert refusal(second.post("holds", {"book": book})) == (409, "queue_full")


def test_who_takes_any_volume_has_a_place_in_the_queue_of_each(town: Town) -> None:
    book = town.book()
    town.take(town.jo, book)
    hold(town.haneul, book)
    town.librarian.patch(f"copies/{town.copy_ids(book)[0]}", {"volume": "1"})
    town.librarian.post(f"books/{book}/copies", {"count": 1, "volume": "2", "for_loan": True})
    town.bus.settle()
    town.librarian.post(f"copies/{town.copy_ids(book)[0]}/mark", {"as": "missing", "reason": "없음"})
    for volume in ("1", "2"):
        answer = town.haneul.post("holds", {"book": book, "volume": volume}).json()
        assert "already_held" in [one["code"] for one in answer["reasons"]]
    assert hold(others(1)[0], book, volume="1")["position"] == 2


def test_a_loan_is_not_renewed_while_more_wait_than_copies_are_there(town: Town) -> None:
    """Whether they name the only volume left or not."""
    book = town.book(copies=3)
    one, two, three = sorted(town.copy_ids(book))
    for copy, volume in [(one, "1"), (two, "2"), (three, "2")]:
        town.librarian.patch(f"copies/{copy}", {"volume": volume})
    town.bus.settle()
    first, second = others(2)
    loans = [person.post("loans", {"book": book, "volume": "2"}).json() for person in (town.jo, first)]
    hold(town.haneul, book, volume="2")
    assert town.librarian.delete(f"copies/{one}").status_code == 204
    town.bus.settle()
    hold(second, book)
    Copy.objects.filter(pk=loans[1]["copies"][0]["id"]).update(place="to_pull")
    assert waited_for([book], timezone.localdate()) == {(book, "")}, "one copy for the first of the two"

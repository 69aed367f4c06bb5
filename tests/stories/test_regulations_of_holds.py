"""What regulations say of holds, typed in through the API and played (FIELD.md 1)."""

from typing import Any

import pytest
from django.core.management import call_command

from tests.bus import Bus
from tests.factories import Town, refusal, seoul
from tests.lending.queueing import hold, others, seen, states
from tests.people import Person
from tests.stories.test_regulations import LATE, typed_in


@pytest.fixture
def bus() -> Bus:
    """The stories are about what is asked at once; one order of deliveries is enough."""
    return Bus()


def lent(town: Town, copies: int = 1) -> int:
    """A book of which Jo has every copy."""
    book = town.book(copies=copies)
    town.take(town.jo, book, copies)
    return book


def refused(person: Person, book: int) -> str:
    """The first reason against a hold."""
    status, code = refusal(person.post("holds", {"book": book}))
    assert status == 409
    return code


def comes_back(town: Town, book: int) -> None:
    """Jo brings a copy back."""
    loan = next(one for one in town.jo.get("loans?status=active").json()["results"] if one["book"] == book)
    town.give_back(town.jo, loan, 1)


def test_songpa_takes_three_while_every_copy_is_out_and_counts_open_days(town: Town) -> None:
    typed_in(town, hold={"max": 3, "on_shelf": False, "pickup_days": 3}, late=LATE, loan={"max_copies": 20})
    assert (
        town.librarian.post("calendar/rules", {"valid_from": "2026-03-02", "closed_weekdays": [3]}).status_code == 201
    )
    book = town.book(copies=2)
    town.take(town.jo, book)
    assert refused(town.haneul, book) == "copy_available"
    loan = town.take(town.jo, book)
    first = hold(town.haneul, book)
    assert town.jo.post(f"loans/{loan['id']}/renew").json()["reason"] == "others_wait"
    for _number in range(2):
        hold(town.haneul, lent(town))
    assert refused(town.haneul, lent(town)) == "hold_limit_reached"
    comes_back(town, book)
    assert seen(town.haneul, first)["pickup_by"] == "2026-03-06"  # the 4th is a Wednesday
    assert refused(town.haneul, lent(town)) == "hold_limit_reached"


def test_songpa_holds_nothing_for_who_was_late_and_a_ready_copy_does_not_wait(town: Town) -> None:
    typed_in(town, late=LATE, loan={"max_copies": 20})
    late = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 13))
    book = lent(town)
    ready = hold(town.haneul, book)
    town.moves_to(seoul(3, 15))
    comes_back(town, book)
    town.moves_to(seoul(3, 18))  # two days late: nothing to the 19th
    assert town.give_back(town.haneul, late)["suspended_until"] == "2026-03-19"
    assert refused(town.haneul, lent(town)) == "suspended"
    assert refusal(town.haneul.post("loans", {"book": book})) == (409, "suspended")
    assert seen(town.haneul, ready) | {"status": "ready", "pickup_by": "2026-03-18"} == seen(town.haneul, ready)
    town.moves_to(seoul(3, 19))
    call_command("expire_holds")
    assert seen(town.haneul, ready)["status"] == "expired"
    town.moves_to(seoul(3, 20))
    hold(town.haneul, lent(town))


def test_andong_takes_three_of_a_patron_and_five_of_a_title(town: Town) -> None:
    typed_in(town, hold={"max": 3, "per_book": 5}, loan={"max_copies": 20})
    book, people = lent(town), others(6)
    for one in people[:5]:
        hold(one, book)
    assert refused(people[5], book) == "queue_full"
    for _number in range(2):
        hold(people[0], lent(town))
    assert refused(people[0], lent(town)) == "hold_limit_reached"


@pytest.mark.parametrize(("copies", "queue"), [(1, 3), (3, 9), (4, 10)])
def test_seoul_metropolitan_takes_three_a_copy_and_ten_a_title(town: Town, copies: int, queue: int) -> None:
    typed_in(town, hold={"per_copy": 3, "per_book": 10}, loan={"max_copies": 20})
    book, people = lent(town, copies), others(queue + 1)
    for one in people[:queue]:
        hold(one, book)
    assert refused(people[queue], book) == "queue_full"


def test_eulji_gives_what_is_not_collected_in_three_days_to_the_next(town: Town) -> None:
    typed_in(town, hold={"max": 2, "per_book": 2, "pickup_days": 3}, loan={"max_copies": 20}, late=LATE)
    book, (one, two, three) = lent(town), others(3)
    hold(one, book)
    hold(two, book)
    assert refused(three, book) == "queue_full"
    hold(one, lent(town))
    assert refused(one, lent(town)) == "hold_limit_reached"
    comes_back(town, book)
    town.moves_to(seoul(3, 5))
    call_command("expire_holds")
    assert states(town, book) == [("ready", None), ("waiting", 1)]
    town.moves_to(seoul(3, 6))
    call_command("expire_holds")
    assert states(town, book) == [("expired", None), ("ready", None)]


def test_dongguk_pauses_for_sixty_days_who_leaves_two(town: Town) -> None:
    rules: dict[str, Any] = {"pickup_days": 3, "pickup_first_day": "same", "no_shows": 2, "pause_days": 60}
    typed_in(town, hold=rules, loan={"max_copies": 20})
    for _number in range(2):
        book = lent(town)
        placed = hold(town.haneul, book)
        comes_back(town, book)
        assert seen(town.haneul, placed)["pickup_by"] == "2026-03-04"
    hold(town.haneul, lent(town))
    town.moves_to(seoul(3, 9))
    call_command("expire_holds")
    assert refused(town.haneul, lent(town)) == "holds_paused"
    town.moves_to(seoul(5, 3))  # the 60th day from the 5th of March
    assert refused(town.haneul, lent(town)) == "holds_paused"
    town.moves_to(seoul(5, 4))
    hold(town.haneul, lent(town))

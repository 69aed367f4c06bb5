"""The rest of a suspension is bought off where the fee schedule has a rate for it."""

from typing import Any

import pytest

from kernel.eventbus.models import Delivery
from kernel.storage.databases import database_of
from lending.models import Block
from tests.bus import Bus, put_back
from tests.factories import Town, refusal, seoul


@pytest.fixture
def bus() -> Bus:
    """One order of deliveries is enough."""
    return Bus()


def suspended(town: Town, **late: Any) -> None:
    """The patron brought something back three days late: suspended today and for two days more."""
    assert town.librarian.post("policies", {"late": {"as": "suspension", **late}}).status_code == 201
    loan = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 19))
    town.give_back(town.haneul, loan)
    town.bus.settle()


def test_the_days_left_are_charged_paid_and_the_suspension_ends(town: Town) -> None:
    assert town.librarian.post("fee-schedules", {"buy_off_rate": 100}).status_code == 201
    suspended(town)
    assert refusal(town.haneul.post("loans", {"book": town.book()})) == (409, "suspended")
    bought = town.librarian.post(f"patrons/{town.haneul.id}/buy-off", {"method": "cash"})
    assert bought.status_code == 201, bought.json()
    town.bus.settle()
    (fine,) = town.haneul.get("fines").json()["results"]
    assert (fine["kind"], fine["amount"], fine["status"]) == ("buy_off", 300, "paid")
    assert town.page(town.haneul)["suspended_until"] is None
    assert town.haneul.post("loans", {"book": town.book()}).status_code == 201


@pytest.mark.parametrize(("day", "amount"), [(19, 300), (20, 300), (21, 200), (22, 100)])
def test_a_day_before_it_begins_is_not_sold(town: Town, day: int, amount: int) -> None:
    assert town.librarian.post("fee-schedules", {"buy_off_rate": 100}).status_code == 201
    suspended(town, suspension_first_day="next")
    town.moves_to(seoul(3, day))
    assert town.librarian.post(f"patrons/{town.haneul.id}/buy-off", {"method": "cash"}).status_code == 201
    town.bus.settle()
    assert [fine["amount"] for fine in town.haneul.get("fines").json()["results"]] == [amount]
    town.moves_to(seoul(3, 22))
    town.take(town.haneul, town.book())


def test_what_is_late_afterwards_suspends_anew_though_it_is_heard_of_later(town: Town) -> None:
    assert town.librarian.post("fee-schedules", {"buy_off_rate": 100}).status_code == 201
    assert town.librarian.post("policies", {"late": {"as": "suspension"}}).status_code == 201
    first, second = (town.take(town.haneul, town.book()) for _ in range(2))
    town.moves_to(seoul(3, 19))
    town.give_back(town.haneul, first)
    town.bus.settle()
    assert town.page(town.haneul)["suspended_until"] == "2026-03-21"
    bought = town.librarian.post(f"patrons/{town.haneul.id}/buy-off", {"method": "cash"})
    assert bought.status_code == 201, bought.json()
    town.haneul.post(f"loans/{second['id']}/return", {})  # nobody has heard of the money yet
    told = Delivery.objects.using(database_of("fines")).get(event__name="SuspensionBoughtOff")
    for _ in range(2):
        put_back(told)
        town.bus.settle()
        assert town.page(town.haneul)["suspended_until"] == "2026-03-21", "by the second return alone"
        assert [block.lift_reason for block in Block.objects.order_by("pk")] == ["bought off", ""]


def test_the_same_days_are_not_sold_twice_while_nobody_has_heard_of_it(town: Town) -> None:
    assert town.librarian.post("fee-schedules", {"buy_off_rate": 100}).status_code == 201
    suspended(town)
    address = f"patrons/{town.haneul.id}/buy-off"
    assert town.librarian.post(address, {"method": "cash"}).status_code == 201
    assert refusal(town.librarian.post(address, {"method": "cash"})) == (409, "nothing_to_buy_off")
    assert [fine["amount"] for fine in town.haneul.get("fines").json()["results"]] == [300]


def test_without_a_rate_or_a_suspension_there_is_nothing_to_buy_off(town: Town) -> None:
    address = f"patrons/{town.haneul.id}/buy-off"
    assert refusal(town.librarian.post(address, {"method": "cash"})) == (409, "nothing_to_buy_off")
    suspended(town)
    assert refusal(town.librarian.post(address, {"method": "cash"})) == (409, "nothing_to_buy_off")

"""Fee schedules: which one decides, what each kind costs on both sides of its limits, and what the door takes."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.rules import LateCopy as PageCopy
from dashboard.rules import Schedule, fee_today, fees_in_force
from fines.fee_fields import Fees
from fines.rules import LateCopy, is_refunded, late_fee, months_later, price_of_lost_copy
from tests.api.answers import refused
from tests.factories import Town, new_policy, refusal, seoul

CENTS = {"kind": "per_day", "rate": 5, "per": "copy", "cap": 1000}
"""Five cents a day and copy, at most ten dollars a copy."""


@pytest.mark.parametrize(
    ("fees", "days", "prices", "fee"),
    [
        (CENTS, 0, [None], 0),
        (CENTS, 1, [None], 5),
        (CENTS, 199, [None], 995),
        (CENTS, 200, [None], 1000),
        (CENTS, 201, [None], 1000),
        (CENTS, 201, [None, None], 2000),
        ({**CENTS, "per": "return"}, 10, [None, None], 50),
        ({**CENTS, "per": "return"}, 201, [None, None], 1000),
        ({**CENTS, "cap_at_price": True}, 10, [50], 50),
        ({**CENTS, "cap_at_price": True}, 10, [49], 49),
        ({**CENTS, "cap_at_price": True}, 10, [49, None], 99),
        ({**CENTS, "cap_at_price": True, "lost_amount": 20}, 10, [49, None], 69),
        ({**CENTS, "cap_at_price": True, "per": "return"}, 10, [20, 29], 49),
        ({**CENTS, "cap_at_price": True, "per": "return"}, 10, [20, None], 50),
        ({"kind": "per_day"}, 10, [None], 0),
        ({}, 7, [None, None], 500),
        ({}, 8, [None, None], 1000),
        ({"tiers": {}}, 100, [None], 0),
    ],
)
def test_what_a_late_return_costs(fees: dict[str, Any], days: int, prices: list[int | None], fee: int) -> None:
    assert late_fee(Fees.of(fees), days, [LateCopy(price=price) for price in prices]) == fee


@pytest.mark.parametrize(
    ("more", "fee"),
    [({}, 150), ({"cap": 40}, 120), ({"cap_at_price": True}, 90), ({"per": "return"}, 50), ({"kind": "tiers"}, 1000)],
)
def test_each_item_makes_one_more_late_copy_up_to_the_copys_price(more: dict[str, Any], fee: int) -> None:
    assert late_fee(Fees.of({**CENTS, **more}), 10, [LateCopy(price=90, items=2)]) == fee


GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["tiers", "per_day"]),
        "tiers": st.dictionaries(st.integers(1, 30), st.integers(0, 9000), max_size=4),
        "rate": st.none() | st.integers(0, 500),
        "per": st.sampled_from(["copy", "return"]),
        "cap": st.none() | st.integers(0, 5000),
        "cap_at_price": st.booleans(),
        "lost_amount": st.none() | st.integers(0, 3000),
    },
)


COPIES = st.lists(st.tuples(st.none() | st.integers(0, 20_000), st.integers(0, 2)), min_size=1, max_size=4)


@given(GIVEN, GIVEN, st.integers(-3, 60), COPIES)
def test_the_page_reckons_as_the_fines_do(
    one: Any, for_all: Any, days: int, copies: list[tuple[int | None, int]]
) -> None:
    day = date(2026, 3, 2)
    schedules = [Schedule(valid_from=day, given=for_all), Schedule(valid_from=day, category="child", given=one)]
    expected = late_fee(Fees.of(one, for_all), days, [LateCopy(price=price, items=items) for price, items in copies])
    own = [PageCopy(price=price, items=items) for price, items in copies]
    assert fee_today(fees_in_force(schedules, "child", "dvd", day), days, own) == expected


def test_a_month_later_is_the_same_day_or_the_months_last() -> None:
    assert months_later(date(9999, 12, 1), 6) == date.max
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_later(date(2026, 12, 15), 1) == date(2027, 1, 15)


@pytest.mark.parametrize(
    ("within", "found", "refunded"),
    [("P6M", "2026-09-02", True), ("P6M", "2026-09-03", False), ("P10D", "2026-03-12", True),
     ("P10D", "2026-03-13", False), (None, "2036-01-01", True)],
)  # fmt: skip
def test_what_is_found_in_time_brings_the_price_back(within: str | None, found: str, refunded: bool) -> None:
    assert is_refunded(Fees(refund_within=within), date(2026, 3, 2), date.fromisoformat(found)) is refunded


def test_a_lost_copy_costs_its_price_or_the_amount_of_the_schedule() -> None:
    fees = Fees(lost_amount=15_000)
    assert [price_of_lost_copy(fees, 9_000), price_of_lost_copy(fees, None)] == [9_000, 15_000]
    assert [price_of_lost_copy(fees, 0), price_of_lost_copy(Fees(), None)] == [0, 0]


def test_the_first_regulation_of_another_country_in_cents(town: Town, settings: Any) -> None:
    settings.CURRENCY = "USD"
    new_policy(date(2026, 3, 2), late__grace_days=1)
    assert town.librarian.post("fee-schedules", CENTS).status_code == 201
    loan = town.lend(town.haneul, town.book(copies=2), quantity=2)
    town.moves_to(seoul(3, 17))
    assert town.page(town.haneul)["fines_accruing"] == 0
    town.moves_to(seoul(3, 18))
    page = town.page(town.haneul)
    assert (page["fines_accruing"], page["currency"]) == (20, "USD")
    town.give_back(town.haneul, loan)
    (fine,) = town.page(town.haneul)["fines"]
    assert (fine["amount"], fine["currency"]) == (20, "USD")
    assert "0.05 USD a day and copy, 2 copies: 0.20 USD" in fine["explanation"]


def test_the_page_knows_that_a_copys_price_is_the_most_that_it_costs(town: Town) -> None:
    fees = {"kind": "per_day", "rate": 100, "cap_at_price": True, "lost_amount": 450}
    assert town.librarian.post("fee-schedules", fees).status_code == 201
    book = town.book(copies=3)
    for copy, price in zip(town.copy_ids(book), (300, None, 20_000), strict=True):
        town.librarian.patch(f"copies/{copy}", {"price": price})
    town.bus.settle()
    loan = town.lend(town.haneul, book, quantity=3)
    town.moves_to(seoul(3, 26))
    assert town.page(town.haneul)["fines_accruing"] == 300 + 450 + 1_000
    returned = town.librarian.post("returns", {"barcode": loan["copies"][0]["barcode"]}).json()
    town.bus.settle()
    page = town.page(town.haneul)
    assert page["fines_outstanding"] + page["fines_accruing"] == 300 + 450 + 1_000
    town.librarian.post(f"returns/{returned['return_id']}/undo", {"reason": "the wrong copy"})
    town.bus.settle()
    assert town.page(town.haneul)["fines_accruing"] == 300 + 450 + 1_000


def test_the_most_specific_schedule_decides_whole(town: Town) -> None:
    adopted = {"valid_from": "2026-03-02"}
    for place, amount in (({}, 100), ({"copy_type": "dvd"}, 200), ({"category": "child"}, 300)):
        body = {**adopted, **place, "tiers": [{"from_day": 1, "amount": amount}]}
        answer = town.librarian.post("fee-schedules", body)
        assert answer.status_code == 201, answer.json()
    again = town.librarian.post("fee-schedules", {**adopted, "cap": 9})
    assert again.status_code == 200
    shown = town.haneul.get("fee-schedules?on=2026-03-02&category=child").json()["results"]
    assert [(one["category"], one["tiers"], one["cap"]) for one in shown] == [
        ("child", [{"from_day": 1, "amount": 300}], 9)
    ]
    assert "cap" in shown[0]["left_out"]
    assert "tiers" not in shown[0]["left_out"]


def test_from_the_beginning_only_while_nothing_was_charged(town: Town) -> None:
    assert town.librarian.post("fee-schedules", {"cap": 1}).status_code == 201
    town.fines(town.haneul)
    assert refusal(town.librarian.post("fee-schedules", {"cap": 2})) == (409, "in_the_past")
    yesterday = str(date(2026, 3, 2) - timedelta(days=1))
    assert refusal(town.librarian.post("fee-schedules", {"valid_from": yesterday})) == (409, "in_the_past")
    for bad in ({"tiers": [{"from_day": 0, "amount": 1}]}, {"refund_within": {}}, {"kind": "x"}, {"rate": -1}):
        assert town.librarian.post("fee-schedules", bad).status_code == 400, bad


def test_fees_by_the_day_need_a_rate_their_own_or_that_of_the_schedule_for_all(town: Town) -> None:
    def asked(**fees: Any) -> Any:
        return town.librarian.post("fee-schedules", {"valid_from": "2026-03-02", **fees})

    for bad in ({"kind": "per_day"}, {"kind": "per_day", "rate": None}, {"kind": "per_day", "category": "child"}):
        refused(asked(**bad), 400, "invalid", "rate")
    assert asked(kind="per_day", rate=50).status_code == 201
    assert asked(category="child", kind="per_day").status_code == 201
    assert asked(category="adult", rate=None).status_code == 400
    assert asked(kind="per_day").status_code == 400  # in the place of the one that has it
    assert asked(kind="per_day", rate=0).status_code == 200

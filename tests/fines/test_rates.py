"""Fees by the day never lose the rate that they take from the schedule for all."""

from datetime import date

import pytest

from fines.schedules.rates import RateNeeded
from fines.schedules.services import adopt_fee_schedule, revoke_fee_schedule
from tests.factories import Town, seoul

BY_THE_DAY = {"kind": "per_day", "cap": 500}


def test_a_schedule_for_all_keeps_the_rate_that_others_take_from_it(town: Town) -> None:
    post = town.librarian.post
    assert post("fee-schedules", {**BY_THE_DAY, "rate": 100}).status_code == 201
    assert post("fee-schedules", {**BY_THE_DAY, "category": "child"}).status_code == 201
    later = {"valid_from": "2026-04-01"}
    for fees in ({"kind": "tiers"}, {"tiers": [{"from_day": 1, "amount": 300}]}):
        refused = post("fee-schedules", {**later, **fees})
        assert (refused.status_code, "for child" in str(refused.json())) == (400, True)
    assert post("fee-schedules", {**later, "category": "child", "rate": 50}).status_code == 201
    assert "need a rate" in str(post("fee-schedules", {**later, "kind": "per_day", "rate": None}).json())
    assert post("fee-schedules", {**later, "kind": "tiers"}).status_code == 201


def test_a_rate_may_not_end_on_a_later_day_either(town: Town) -> None:
    post = town.librarian.post
    assert post("fee-schedules", {"kind": "per_day", "rate": 100}).status_code == 201
    assert post("fee-schedules", {"kind": "tiers", "valid_from": "2026-05-01"}).status_code == 201
    refused = post("fee-schedules", {**BY_THE_DAY, "category": "child"})
    assert (refused.status_code, "need a rate" in str(refused.json())) == (400, True)


def test_a_schedule_is_not_revoked_while_others_take_their_rate_from_it(town: Town) -> None:
    now, day = seoul(3, 2), date(2026, 5, 1)
    for_all, _new = adopt_fee_schedule(given={"kind": "per_day", "rate": 10}, valid_from=day, now=now)
    own, _new = adopt_fee_schedule(given=BY_THE_DAY, valid_from=day, category="child", now=now)
    with pytest.raises(RateNeeded) as refused:
        revoke_fee_schedule(for_all.pk, now=now)
    assert refused.value.facts == {"places": "child"}
    revoke_fee_schedule(own.pk, now=now)
    revoke_fee_schedule(for_all.pk, now=now)


def test_no_fine_is_larger_than_an_amount_can_be(town: Town) -> None:
    most = 2**31 - 1
    assert town.librarian.post("fee-schedules", {"kind": "per_day", "rate": most}).status_code == 201
    loan = town.lend_long_ago(town.haneul, town.book())
    assert town.page(town.haneul)["fines_accruing"] == most
    town.give_back(town.haneul, loan)
    assert town.page(town.haneul)["fines_outstanding"] == most

"""Rule 5.4: 1-7 days 500, 8-14 days 1000, from 15 days 2000."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dashboard.rules import LateCopy as PageCopy
from dashboard.rules import fee_today
from fines.fee_fields import DEFAULT_TIERS, Fees
from fines.models import FeeSchedule, Fine
from fines.rules import tier_for
from fines.schedules.services import ScheduleInThePast
from fines.sentences import Late, late_fee_in_words
from fines.services import adopt_fee_schedule
from kernel.days.late_days import days_late
from tests.factories import Town, seoul

DAYS = st.integers(min_value=-1_000, max_value=40_000)
SCHEDULES = st.dictionaries(st.integers(1, 400), st.integers(0, 100_000), min_size=1, max_size=6)
DATES = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("days", "fee"), [(1, 500), (2, 500), (7, 500), (8, 1000), (14, 1000), (15, 2000), (16, 2000), (400, 2000)]
)
def test_a_return_costs_what_its_tier_says(town: Town, days: int, fee: int) -> None:
    loan = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 16) + timedelta(days=days))
    assert town.page(town.haneul)["fines_accruing"] == fee

    assert town.give_back(town.haneul, loan)["days_late"] == days
    assert town.page(town.haneul)["fines_outstanding"] == fee


@given(DAYS)
def test_the_usual_tiers_are_those_of_the_rule(days: int) -> None:
    tier = tier_for(days, DEFAULT_TIERS)
    by_the_rule = 0 if days < 1 else 500 if days <= 7 else 1000 if days <= 14 else 2000
    assert (tier.amount if tier else 0) == by_the_rule


@given(DAYS, DAYS)
def test_later_is_never_cheaper_where_tiers_rise(one: int, other: int) -> None:
    earlier, later = (tier_for(days, DEFAULT_TIERS) for days in sorted((one, other)))
    assert (earlier.amount if earlier else 0) <= (later.amount if later else 0)


@given(DAYS, SCHEDULES)
def test_a_day_lies_in_its_own_tier(days: int, tiers: dict[int, int]) -> None:
    tier = tier_for(days, tiers)
    if tier is None:
        assert days < min(tiers)
    else:
        assert tier.first_day <= days <= (tier.last_day or days)
        assert tiers[tier.first_day] == tier.amount


@given(DAYS, SCHEDULES)
def test_the_page_expects_what_would_be_charged(days: int, tiers: dict[int, int]) -> None:
    tier = tier_for(days, tiers)
    assert fee_today({"kind": "tiers", "tiers": tiers}, days, [PageCopy()]) == (tier.amount if tier else 0)


@given(DATES, DATES)
def test_days_late_are_whole_days_after_the_due_date(due_on: date, returned_on: date) -> None:
    late = days_late(due_on, returned_on)
    assert late == 0 if returned_on <= due_on else due_on + timedelta(days=late) == returned_on


@given(DAYS, SCHEDULES)
def test_an_explanation_names_days_amount_and_schedule_in_both_languages(days: int, tiers: dict[int, int]) -> None:
    if tier := tier_for(days, tiers):
        late = Late(days_late=days, days_counted=days, copies=1)
        fees = Fees.of({"tiers": tiers})
        for words in late_fee_in_words(late, fees, date(2026, 3, 2), tier.amount, lambda n, _: f"{n:,}").values():
            assert all(str(fact) in words for fact in (days, tier.first_day, f"{tier.amount:,}", "2026-03-02"))


def test_an_explanation_counts_one_of_each_thing_as_one() -> None:
    fees = Fees.of({"kind": "per_day", "rate": 100})
    late = Late(days_late=1, days_counted=1, copies=1, items=1)
    words = late_fee_in_words(late, fees, None, 200, lambda n, _: f"{n}")
    assert (
        words["en"] == "Returned 1 day late: 100 a day and copy, 1 copy and 1 accompanying item: 200 (the usual fees)."
    )


def test_the_explanation_comes_in_the_readers_language(town: Town) -> None:
    (fine,) = town.fines(town.haneul)

    def explained(language: str) -> str:
        answer = town.haneul.get(f"fines/{fine['id']}", headers={"Accept-Language": language})
        return str(answer.json()["explanation"])

    assert explained("en") == "Returned 42 days late: 15 days or more late cost 2,000 KRW (the usual fees)."
    assert explained("ko") == "42일 늦게 반납: 15일 이상 연체료 2,000원 (기본 요금 기준)."
    assert explained("ko-KR,ko;q=0.9,en;q=0.8").startswith("42일")
    page = town.haneul.get("dashboard", headers={"Accept-Language": "ko"}).json()
    assert page["fines"][0]["explanation"] == explained("ko")


def test_a_schedule_adopted_later_leaves_old_fines_and_their_words(town: Town) -> None:
    (before,) = town.fines(town.haneul)
    adopt_fee_schedule(valid_from=date(2026, 3, 2), given={"tiers": {1: 90_000}}, now=timezone.now())
    town.bus.settle()

    assert town.haneul.get(f"fines/{before['id']}").json() == before
    assert town.page(town.haneul)["fines"] == [before]


def test_a_schedule_counts_by_the_day_of_the_return(town: Town) -> None:
    adopt_fee_schedule(valid_from=date(2026, 3, 20), given={"tiers": {1: 100, 3: 300}}, now=timezone.now())
    loan = town.lend(town.haneul, town.book(copies=2), quantity=2)

    town.moves_to(seoul(3, 19, 23, 59))
    assert town.page(town.haneul)["fines_accruing"] == 500
    town.give_back(town.haneul, loan, quantity=1)
    town.moves_to(seoul(3, 20, 0, 1))
    assert town.page(town.haneul)["fines_accruing"] == 300
    town.give_back(town.haneul, loan)

    old, new = town.page(town.haneul)["fines"]
    assert (old["days_late"], old["amount"]) == (3, 500)
    assert (new["days_late"], new["amount"]) == (4, 300)
    assert new["explanation"] == "Returned 4 days late: 3 days or more late cost 300 KRW (schedule of 2026-03-20)."


def test_a_return_heard_of_late_is_charged_by_the_schedule_of_its_day(town: Town) -> None:
    book = town.book()
    loan = town.lend_long_ago(town.haneul, book)
    assert town.haneul.post(f"loans/{loan['id']}/return", {}).status_code == 200
    town.moves_to(seoul(3, 10))
    adopt_fee_schedule(valid_from=date(2026, 3, 10), given={"tiers": {1: 70_000}}, now=timezone.now())
    town.moves_to(seoul(3, 20))

    town.bus.settle()
    assert [fine["amount"] for fine in town.page(town.haneul)["fines"]] == [2000]


def test_a_schedule_may_let_the_first_days_go_free(town: Town) -> None:
    adopt_fee_schedule(valid_from=date(2026, 3, 2), given={"tiers": {4: 400}}, now=timezone.now())
    loan = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 19))
    assert town.page(town.haneul)["fines_accruing"] == 0

    assert town.give_back(town.haneul, loan)["days_late"] == 3
    assert town.haneul.get("fines").json()["results"] == []


def test_a_schedule_without_tiers_ends_all_fees(town: Town) -> None:
    adopt_fee_schedule(valid_from=date(2026, 3, 2), given={"tiers": {}}, now=timezone.now())
    loan = town.lend_long_ago(town.haneul, town.book())
    town.bus.settle()
    assert town.page(town.haneul)["fines_accruing"] == 0
    town.give_back(town.haneul, loan)
    assert town.page(town.haneul)["fines_outstanding"] == 0


def test_a_day_has_one_schedule(town: Town) -> None:
    adopt_fee_schedule(valid_from=date(2026, 3, 2), given={"tiers": {1: 1}}, now=timezone.now())
    adopt_fee_schedule(valid_from=date(2026, 3, 2), given={"tiers": {1: 2}}, now=timezone.now())
    assert FeeSchedule.objects.get().given == {"tiers": {"1": 2}}, "the same day's is replaced"


def test_a_schedule_of_a_day_in_the_past_is_refused(town: Town) -> None:
    with pytest.raises(ScheduleInThePast, match="March 1, 2026 is past"):
        adopt_fee_schedule(valid_from=date(2026, 3, 1), given={"tiers": {1: 1}}, now=timezone.now())
    assert not FeeSchedule.objects.exists()


def test_the_table_itself_refuses_a_fine_for_a_return_in_time(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    with pytest.raises(IntegrityError, match="only_a_late_return_has_a_late_fee"):
        Fine.objects.filter(pk=fine["id"]).update(days_late=0)

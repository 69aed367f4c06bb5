"""Pure decisions about fees. Amounts are whole KRW."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

DEFAULT_TIERS = {1: 500, 8: 1000, 15: 2000}
"""The fee from each day late on: 1-7 days 500, 8-14 days 1000, from 15 days 2000."""


@dataclass(frozen=True, kw_only=True)
class Tier:
    """A range of days late and what it costs; `last_day` is None for the range without an end."""

    first_day: int
    last_day: int | None
    amount: int


def tier_for(days_late: int, tiers: Mapping[int, int]) -> Tier | None:
    """The tier that a return so many days late falls in; None when it is in time or no tier covers it."""
    begun = [day for day in tiers if day <= days_late]
    if days_late < 1 or not begun:
        return None
    first_day = max(begun)
    later = [day for day in tiers if day > first_day]
    return Tier(first_day=first_day, last_day=min(later) - 1 if later else None, amount=tiers[first_day])


def explanation(days_late: int, tier: Tier, valid_from: date) -> dict[str, str]:
    """The tier and the schedule in words, by language: kept with the fine, true for ever."""
    first, last = tier.first_day, tier.last_day
    days_en = f"{first}-{last} days" if last else f"{first} days or more"
    days_ko = f"{first}~{last}일" if last else f"{first}일 이상"
    return {
        "en": f"Returned {days_late} days late: {days_en} late cost {tier.amount:,} KRW (schedule of {valid_from}).",
        "ko": f"{days_late}일 늦게 반납: {days_ko} 연체료 {tier.amount:,}원 ({valid_from} 시행 기준).",
    }

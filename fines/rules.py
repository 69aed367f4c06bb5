"""Pure decisions about fees. Amounts are whole numbers of the currency's smallest unit."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fines.fee_fields import Fees, duration_shown
from kernel.values.currencies import MOST_MONEY


@dataclass(frozen=True, kw_only=True)
class Tier:
    """A range of days late and what it costs; `last_day` is None for the range without an end."""

    first_day: int
    last_day: int | None
    amount: int


def tier_for(days: int, tiers: Mapping[int, int]) -> Tier | None:
    """The tier that a return so many days late falls in; None when it is in time or no tier covers it."""
    begun = [day for day in tiers if day <= days]
    if days < 1 or not begun:
        return None
    first_day = max(begun)
    later = [day for day in tiers if day > first_day]
    return Tier(first_day=first_day, last_day=min(later) - 1 if later else None, amount=tiers[first_day])


@dataclass(frozen=True, kw_only=True)
class LateCopy:
    """A copy that came back late: its price, None where none is known, and how many accompanying items each make one
    more late copy."""

    price: int | None = None
    items: int = 0


def late_fee(fees: Fees, days: int, copies: Sequence[LateCopy]) -> int:
    """What a return of these copies costs, `days` of which count. What a copy and its items cost together is at most
    the copy's price, where the price is a limit, and no fine is larger than an amount can be."""
    return min(_late_fee(fees, days, copies), MOST_MONEY)


def _late_fee(fees: Fees, days: int, copies: Sequence[LateCopy]) -> int:
    if days < 1:
        return 0
    if fees.kind == "tiers":
        tier = tier_for(days, dict(fees.tiers))
        return tier.amount if tier else 0
    costs = [fees.lost_amount if copy.price is None else copy.price for copy in copies]
    if fees.per == "copy":
        return sum(_capped(fees, days, cost, 1 + copy.items) for copy, cost in zip(copies, costs, strict=True))
    known = [cost for cost in costs if cost is not None]
    return _capped(fees, days, sum(known) if len(known) == len(costs) else None)


def _capped(fees: Fees, days: int, cost: int | None, times: int = 1) -> int:
    fee = (fees.rate or 0) * days
    fee = times * (fee if fees.cap is None else min(fee, fees.cap))
    return min(fee, cost) if fees.cap_at_price and cost is not None else fee


def price_of_lost_copy(fees: Fees, price: int | None) -> int:
    """What a lost copy costs: its own price, else the amount of the schedule, else nothing."""
    return (fees.lost_amount or 0) if price is None else price


def is_refunded(fees: Fees, due_on: date | None, found_on: date) -> bool:
    """Whether a lost copy that is found on a day brings its price back."""
    within = duration_shown(fees.refund_within)
    if within is None or due_on is None:
        return True
    if "days" in within:
        return (found_on - due_on).days <= within["days"]
    return found_on <= months_later(due_on, within["months"])


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day; at most the last day that there is."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))

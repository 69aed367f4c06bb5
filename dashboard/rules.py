"""Pure decisions of the patron's page. What a return would cost is reckoned as fines do it; a test holds both equal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kernel.values.currencies import MOST_MONEY

USUAL_FEES: Mapping[str, Any] = {
    "kind": "tiers",
    "tiers": {1: 500, 8: 1000, 15: 2000},
    "rate": None,
    "per": "copy",
    "cap": None,
    "cap_at_price": False,
    "lost_amount": None,
}
"""What holds without any schedule."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A fee schedule as it was announced; category and type are empty for any."""

    valid_from: date
    category: str = ""
    copy_type: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


def days_late(due_on: date | None, today: date) -> int:
    """Whole days since the due date; 0 on the due date, before it, and without one."""
    return max(0, (today - due_on).days) if due_on else 0


def fees_in_force(schedules: Iterable[Schedule], category: str, copy_type: str, today: date) -> dict[str, Any]:
    """The fees for a category and a type today: those of the most specific schedule, whole, among equals the newest;
    what it leaves out is as for all."""
    begun = sorted((one for one in schedules if one.valid_from <= today), key=lambda one: one.valid_from)
    newest = {(one.category, one.copy_type): one.given for one in begun}
    places = ((category, copy_type), (category, ""), ("", copy_type), ("", ""))
    deciding: Mapping[str, Any] = next((newest[place] for place in places if place in newest), {})
    return {**USUAL_FEES, **newest.get(("", ""), {}), **deciding}


@dataclass(frozen=True, kw_only=True)
class LateCopy:
    """A copy that is late: its price, None where none is known, and how many accompanying items each make one more."""

    price: int | None = None
    items: int = 0


def fee_today(fees: Mapping[str, Any], days: int, copies: Sequence[LateCopy]) -> int:
    """What a return of these copies costs, so many days counted."""
    return min(_fee_today(fees, days, copies), MOST_MONEY)


def _fee_today(fees: Mapping[str, Any], days: int, copies: Sequence[LateCopy]) -> int:
    if days < 1:
        return 0
    if fees["kind"] == "tiers":
        begun = [(int(day), amount) for day, amount in fees["tiers"].items() if int(day) <= days]
        return int(max(begun)[1]) if begun else 0
    rate = (fees["rate"] or 0) * days
    fee = int(rate if fees["cap"] is None else min(rate, fees["cap"]))
    costs = [fees["lost_amount"] if copy.price is None else copy.price for copy in copies]
    if fees["per"] == "copy":
        return sum(_at_most(fees, fee * (1 + copy.items), cost) for copy, cost in zip(copies, costs, strict=True))
    return _at_most(fees, fee, None if None in costs else sum(costs))


def _at_most(fees: Mapping[str, Any], fee: int, cost: int | None) -> int:
    return min(fee, cost) if fees["cap_at_price"] and cost is not None else fee

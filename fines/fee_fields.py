"""What a fee schedule says, field by field: the values that hold where no schedule says anything, and what each may
be."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

MOST_DAYS, MOST_MONTHS = 3_650, 120
DEFAULT_TIERS: Mapping[int, int] = {1: 500, 8: 1000, 15: 2000}
"""The fee from each day late on: 1-7 days 500, 8-14 days 1000, from 15 days 2000."""
DURATIONS = {"months": ("M", MOST_MONTHS), "days": ("D", MOST_DAYS)}
"""The units of `refund_within`, with their letters in ISO 8601 and the longest of each."""


@dataclass(frozen=True, kw_only=True)
class Fees:
    """A whole fee schedule. Made of nothing, it has the values that hold without any.

    `tiers` is flat for a return, by the days that count; `per_day` is `rate` for each of them, for each copy or for the
    return, at most `cap` and, with `cap_at_price`, what the copies cost. `refund_within` is a duration of ISO 8601
    (`P6M`, `P10D`), None for always.
    """

    kind: Literal["tiers", "per_day"] = "tiers"
    tiers: tuple[tuple[int, int], ...] = tuple(DEFAULT_TIERS.items())
    rate: int | None = None
    per: Literal["copy", "return"] = "copy"
    cap: int | None = None
    cap_at_price: bool = False
    lost_amount: int | None = None
    processing_fee: int = 0
    processing_fee_refunded: bool = False
    refund_within: str | None = None
    buy_off_rate: int | None = None

    @classmethod
    def of(cls, *layers: Mapping[str, Any]) -> "Fees":
        """Each field from the first of these mappings that has it, else the value without any. Tiers are mappings of
        the first day late to the amount."""
        values = {name: layer[name] for layer in reversed(layers) for name in layer}
        if "tiers" in values:
            values["tiers"] = tuple(sorted((int(day), int(amount)) for day, amount in values["tiers"].items()))
        return cls(**values)


NAMES = tuple(one.name for one in fields(Fees))
"""The names of all fields, in their order."""
AMOUNTS = ("rate", "cap", "lost_amount", "processing_fee", "buy_off_rate")


def duration_of(given: Mapping[str, int] | None) -> str | None:
    """`{"months": 6}` as a duration of ISO 8601."""
    return next((f"P{number}{DURATIONS[unit][0]}" for unit, number in given.items()), None) if given else None


def duration_shown(duration: str | None) -> dict[str, int] | None:
    """A duration of ISO 8601 as `{"months": 6}`."""
    if not duration:
        return None
    unit = next(unit for unit, (letter, _most) in DURATIONS.items() if duration.endswith(letter))
    return {unit: int(duration[1:-1])}

"""What is found of a copy that was read at a shelf. Pure decisions."""

from bisect import bisect_right
from collections.abc import Sequence

GONE = ("missing", "lost", "claimed_returned")
"""Conditions of copies that nobody expects to find."""
HELD = ("hold_shelf", "drop_box")
REACH = 4
"""So many copies on each side of one say whether it is out of order."""
LEAST = 2


def finding_of(*, is_withdrawn: bool, is_expected: bool, condition: str, place: str) -> str:
    """What is odd about a copy that was read at the shelf, as `Scan.Finding` has it; empty for nothing."""
    if is_withdrawn:
        return "withdrawn"
    if condition in GONE:
        return "found"
    if place == "loan":
        return "on_loan"
    is_elsewhere = place in HELD or condition == "in_repair"
    return "elsewhere" if is_elsewhere and not is_expected else ""


def is_out_of_order(keys: Sequence[str], place: int) -> bool:
    """Whether the one at that place stands out from its neighbours, as they were read: without it, more of them are in
    order than with it. Where somebody goes on at another shelf, neither side outweighs the other."""
    reach = min(REACH, place, len(keys) - 1 - place)
    if reach < LEAST:
        return False
    own, before, after = keys[place], keys[place - reach : place], keys[place + 1 : place + 1 + reach]
    with_it = _in_order([key for key in before if key <= own]) + 1 + _in_order([key for key in after if key >= own])
    return with_it < _in_order([*before, *after])


def _in_order(keys: Sequence[str]) -> int:
    """How many of them at the most stand in order, some left out (patience sorting)."""
    ends: list[str] = []
    for key in keys:
        place = bisect_right(ends, key)
        ends[place : place + 1] = [key]
    return len(ends)

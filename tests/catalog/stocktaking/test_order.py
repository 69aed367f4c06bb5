"""What stands out of order among copies that were read along a shelf."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.stocktaking.rules import is_out_of_order


def odd(shelf: str) -> str:
    """The letters that stand out."""
    return "".join(letter for place, letter in enumerate(shelf) if is_out_of_order(list(shelf), place))


@pytest.mark.parametrize(
    ("shelf", "found"),
    [
        ("abcdefgh", ""),
        ("aabbccdd", ""),
        ("abcdzefgh", "z"),
        ("hijkalmno", "a"),
        ("abcdyzefgh", "yz"),
        ("ghijkabcdef", ""),
        ("ghijklmnop", ""),
        ("az", ""),
        ("abzcd", "z"),
        ("zabcdefg", ""),
    ],
)
def test_who_stands_out_from_the_neighbours(shelf: str, found: str) -> None:
    assert odd(shelf) == found


@given(st.lists(st.text("0123456789abcdef", min_size=1, max_size=5), max_size=30, unique=True), st.data())
@settings(max_examples=100)
def test_a_shelf_in_order_has_nothing_that_stands_out(keys: list[str], data: st.DataObject) -> None:
    shelf = sorted(keys)
    assert all(one <= other for one, other in pairwise(shelf))
    cut = data.draw(st.integers(0, len(shelf)))
    again = [*shelf[cut:], *shelf[:cut]]  # somebody begins in the middle and goes on at the first shelf
    assert not any(is_out_of_order(again, place) for place in range(len(again)))

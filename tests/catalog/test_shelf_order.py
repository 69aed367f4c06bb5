"""Call numbers in the order in which their books stand on Korean shelves."""

import random
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.shelf_order import LONGEST_SHELF_KEY, last_shelf_key, names_an_author, place_of, shelf_key

SHELF = [
    "001.3 강12ㅎ",
    "005.133 이23ㅍ",
    "375.1-최16ㅂ",
    "810.9 권64ㅎ",
    "811.6 윤25ㅎ",
    "811.6 윤25ㅎ v.2",
    "813.6",
    "813.6 김64",
    "813.6 김64ㅂ",
    "813.6 김64ㅅ",
    "813.6 김64ㅅ=2",
    "813.6-김64ㅅ-2013",
    "813.6-김64ㅅ-1",
    "813.6-김64ㅅ-2",
    "813.6-김64ㅅ-2=3",
    "813.6-김64ㅅ-10",
    "813.6-김64ㅅ-상",
    "813.6-김64ㅅ-하",
    "813.6-김64ㅅ2",
    "813.6-김64사",
    "813.6 김65ㄱ",
    "813.6 나12ㄱ",
    "813.6 최68ㄱ",
    "813.6 R884h",
    "813.62 가12ㄱ",
    "813.7 가12ㄱ",
    "843 무292ㅅ",
    "911.075-최16ㅂ",
    "PR6069 .E3653 K5 1983",
    "PS3557 .R45 S5 1990",
    "PS3557 .R5 S5 1990",
    "PS3557 .R5 S5 1991",
    "QA9 .B5",
    "QA76.73 .P98",
    "아동 813.8 김11ㅌ",
    "아동 813.8 한11ㅊ",
    "청 813.7 느64ㅂ",
    "청 911.075-최16ㅂ=2",
    "R 031 W927",
]
"""As they stand, the first on the left."""


@pytest.mark.parametrize("written", ["813.6 김64ㅅ 상 c.2", "813.6-김64ㅅ-상=c.2", "813.6 김64ㅅ-상=c2"])
def test_a_second_copy_stands_at_one_place_however_it_is_written(written: str) -> None:
    assert shelf_key(written) == shelf_key("813.6-김64ㅅ-상=2")


def test_a_shelf_is_put_in_order() -> None:
    mixed = random.Random(7).sample(SHELF, len(SHELF))
    assert sorted(mixed, key=shelf_key) == SHELF


def test_each_of_them_has_a_key_of_its_own_that_sorts_alike_under_every_collation() -> None:
    keys = [shelf_key(number) for number in SHELF]
    assert len(set(keys)) == len(SHELF)
    assert all(re.fullmatch(r"[0-9a-f]+", key) for key in keys)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("813.6 김64ㅅ", "813.6-김64ㅅ"),
        ("813.6 김64 ㅅ", "813.6-김64ㅅ"),
        ("813.6-김64ㅅ-2", "813.6 김64ㅅ v.2"),
        ("813.6-김64ㅅ-2", "813.6 김64ㅅ 제2권"),
        ("813.6-김64ㅅ-2=3", "813.6 김64ㅅ v.2 c.3"),
        ("청 813.7-느64ㅂ", "청813.7-느64ㅂ"),
        ("[아동] 813.8 한11ㅊ", "아동 813.8-한11ㅊ"),
        ("813.6 김64ㅅ", "８１３.６ 김64ㅅ"),
        ("813.6 김64ㅅ", unicodedata.normalize("NFD", "813.6 김64ㅅ")),
        ("r 031 w927", "R 031 W927"),
    ],
)
def test_ways_of_writing_one_call_number_have_one_place(one: str, other: str) -> None:
    assert shelf_key(one) == shelf_key(other)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("813.8 김11ㅌ", "813.8 한11ㅊ"),  # which have one key elsewhere
        ("813.6 김123ㅅ", "813.6 김64ㅅ"),  # the number of an author mark is a fraction
        ("813.6 김64ㅂ", "813.6 김64ㅅ"),
        ("813.6 한11ㅊ", "813.6 Han11"),
        ("813.6 김64ㅅ-9", "813.6 김64ㅅ-10"),  # that of a volume is not
        ("813.62 가1", "813.7 가1"),
        ("813 가1", "813.1 가1"),
        ("999 가1", "아동 001 가1"),
        ("", "000"),
        ("799", "8"),
        ("8", "800 가1"),
        ("999 힣9", "아동"),
        ("아동", "아동 0"),
    ],
)
def test_the_earlier_stands_before_the_later(earlier: str, later: str) -> None:
    assert shelf_key(earlier) < shelf_key(later)


def test_volumes_of_the_record_count_where_the_call_number_has_none() -> None:
    assert shelf_key("813.6 김64ㅅ", "제2권") == shelf_key("813.6-김64ㅅ-2")
    assert shelf_key("813.6-김64ㅅ-1", "2") == shelf_key("813.6-김64ㅅ-1")


def test_a_book_without_a_call_number_has_no_place() -> None:
    assert shelf_key("") == shelf_key("  ", "3") == ""


@given(st.text(max_size=120), st.text(max_size=20))
def test_whatever_somebody_writes_has_a_place(number: str, volume: str) -> None:
    assert re.fullmatch(rf"[0-9a-f]{{0,{LONGEST_SHELF_KEY}}}", shelf_key(number, volume))


@pytest.mark.parametrize(
    ("last", "within"),
    [
        ("8", "8"),
        ("813", "813"),
        ("813.6", "813.6"),
        ("813.6 김64", "813.6 김64|813.6-김64"),
        ("813.6-김64ㅅ-2", "813.6-김64ㅅ-2$|813.6-김64ㅅ-2="),
        ("PS3557 .R5", "PS3557 .R5"),
        ("아동", "아동"),
    ],
)
def test_what_begins_with_a_call_number_stands_up_to_its_last_key(last: str, within: str) -> None:
    begun = [number for number in SHELF if re.match(within, number)]
    found = [number for number in SHELF if shelf_key(last) <= shelf_key(number) <= last_shelf_key(last)]
    assert begun
    assert found == begun
    assert last_shelf_key("") == ""


@pytest.mark.parametrize("number", [*SHELF, "R 810", "아동 813.8", "813 64", "813.6=2", "813 v.2", "PR6069 .E3653", ""])
def test_a_key_says_whether_its_number_has_an_author_mark(number: str) -> None:
    place = place_of(number)
    assert names_an_author(shelf_key(number)) == bool(place and place.author_mark)

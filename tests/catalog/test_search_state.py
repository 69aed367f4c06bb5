"""What the index' folder says of it is read again whenever it was replaced, and else remembered."""

import os
from dataclasses import replace
from pathlib import Path

from catalog.search.index import SETTLED, State, state_of, write_state
from catalog.search.schema import VERSION

FIRST = State(generation="one", version=VERSION, position=7, event="", newest=3)
LONG_AGO = 1_700_000_000 * 10**9


def written(place: Path, state: State, at: int) -> None:
    """Puts a state in the place of the one before, as if it had been at that moment, in nanoseconds."""
    write_state(place, state)
    os.utime(place / "state.json", ns=(at, at))


def test_a_state_that_was_replaced_long_ago_is_the_one_that_counts(tmp_path: Path) -> None:
    for number in range(3):
        later = replace(FIRST, position=number)
        written(tmp_path, later, LONG_AGO + number * 2 * SETTLED)
        assert [state_of(tmp_path), state_of(tmp_path)] == [later, later]


def test_a_state_of_a_moment_ago_is_not_taken_for_another_one_of_the_same_moment(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_state(tmp_path, FIRST)
    moment = path.stat().st_mtime_ns
    for number in range(3):
        later = replace(FIRST, position=number)
        write_state(tmp_path, later)
        os.utime(path, ns=(moment, moment))
        assert state_of(tmp_path) == later


def test_a_folder_without_a_state_and_one_of_another_version_hold_nothing(tmp_path: Path) -> None:
    assert state_of(tmp_path) is None
    written(tmp_path, replace(FIRST, version=VERSION + 1), LONG_AGO)
    assert state_of(tmp_path) is None
    (tmp_path / "state.json").write_text("{")
    assert state_of(tmp_path) is None

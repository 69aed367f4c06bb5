"""A process that turns people away says so for a moment, and never for long, on a clock that the test moves."""

from contextlib import suppress

import pytest

from lending.overload.bulkhead import BulkheadFull
from lending.overload.load_shedding import FULL_FOR, REST, SHEDS_FOR, LoadShedding


class Full:
    """A load, and the time in it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.load = LoadShedding(lambda: self.now)

    def turn_away(self) -> None:
        """Somebody comes, and there is no place."""
        with suppress(BulkheadFull), self.load.observing((BulkheadFull,)):
            raise BulkheadFull

    def after(self, seconds: float, full_now: bool = True) -> bool:
        """Whether it says so then."""
        self.now += seconds
        return self.load.is_shedding(full_now)


def full_for_long() -> Full:
    """One that has turned people away for as long as it takes, and says so."""
    full = Full()
    full.turn_away()
    assert full.after(FULL_FOR[1])
    return full


def test_somebody_who_is_turned_away_is_no_reason_yet() -> None:
    full = Full()
    assert not full.after(3600)
    full.turn_away()
    assert not full.after(FULL_FOR[0] - 0.1)


def test_it_says_so_only_while_it_is_full() -> None:
    full = full_for_long()
    assert not full.after(1, full_now=False)
    assert full.after(1)


def test_who_came_in_without_waiting_ends_it() -> None:
    full = full_for_long()
    full.load.note_capacity()
    assert not full.after(0)


def test_it_does_not_say_so_for_long_whatever_happens() -> None:
    full = full_for_long()
    assert full.after(SHEDS_FOR - 0.1)
    assert not full.after(0.1)
    assert not full.after(REST - 0.1)
    assert full.after(0.1)


def test_other_errors_are_no_lack_of_room() -> None:
    full = Full()
    with pytest.raises(KeyError), full.load.observing((BulkheadFull,)):
        raise KeyError
    assert not full.after(3600)


def test_how_long_it_waits_is_drawn_each_time_so_that_processes_forked_from_one_do_not_all_say_so_at_once() -> None:
    full, waits = Full(), set()
    for _time in range(9):
        full.load.note_capacity()
        full.turn_away()
        began = full.now
        while not full.after(0.1):
            pass
        waits.add(round(full.now - began, 1))
        full.now += SHEDS_FOR + REST
    assert len(waits) > 1

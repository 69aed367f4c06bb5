"""A few places, and the line in front of them."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from lending.overload.bulkhead import NoPlace, Places

LONG = 10.0


def until(true: Callable[[], bool]) -> None:
    """Returns when it is so."""
    deadline = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def in_line(places: Places, order: list[int], number: int) -> threading.Thread:
    """Somebody who stands in line now, and notes when the turn came."""

    def wait() -> None:
        places.take(LONG)
        order.append(number)

    waiting, before = threading.Thread(target=wait), places.in_line
    waiting.start()
    until(lambda: places.in_line > before)
    return waiting


def test_who_comes_first_is_served_first() -> None:
    places, order = Places(1, 3), list[int]()
    places.take(0)
    line = [in_line(places, order, number) for number in range(3)]
    for number, one in enumerate(line):
        places.leave()
        one.join()
        assert order == list(range(number + 1))
    assert (places.at_work, places.in_line) == (1, 0)
    places.leave()
    assert places.at_work == 0


def test_a_full_line_turns_away_at_once() -> None:
    places, order = Places(1, 1), list[int]()
    places.take(0)
    waiting = in_line(places, order, 1)
    with pytest.raises(NoPlace):
        places.take(LONG)
    places.leave()
    waiting.join()


def test_who_waited_too_long_leaves_the_line_and_takes_nothing() -> None:
    places = Places(1, 1)
    places.take(0)
    with pytest.raises(NoPlace):
        places.take(0.01)
    assert (places.at_work, places.in_line) == (1, 0)
    places.leave()
    places.take(0)


def test_a_crowd_never_exceeds_the_places_and_leaves_none_behind() -> None:
    places, most, served = Places(3, 8), list[int](), list[bool]()

    def come(turn: int) -> None:
        try:
            places.take(0.0005 * (turn % 4))
        except NoPlace:
            served.append(False)
            return
        most.append(places.at_work)
        time.sleep(0.0005)
        served.append(True)
        places.leave()

    with ThreadPoolExecutor(24) as pool:
        list(pool.map(come, range(1200)))
    assert len(served) == 1200
    assert {True, False} == set(served)
    assert max(most) <= 3
    assert (places.at_work, places.in_line) == (0, 0)

"""A bulkhead: a few slots, and the queue in front of them."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from lending.overload.bulkhead import Bulkhead, BulkheadFull

LONG = 10.0


def until(true: Callable[[], bool]) -> None:
    """Returns when it is so."""
    deadline = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def in_queue(bulkhead: Bulkhead, order: list[int], number: int, *, first: bool = False) -> threading.Thread:
    """Somebody who stands in line now, and notes when the turn came."""

    def wait() -> None:
        bulkhead.acquire(LONG, first)
        order.append(number)

    waiting, before = threading.Thread(target=wait), bulkhead.queued
    waiting.start()
    until(lambda: bulkhead.queued > before)
    return waiting


def test_who_comes_first_is_served_first() -> None:
    bulkhead, order = Bulkhead(1, 3), list[int]()
    bulkhead.acquire(0)
    line = [in_queue(bulkhead, order, number) for number in range(3)]
    for number, one in enumerate(line):
        bulkhead.release()
        one.join()
        assert order == list(range(number + 1))
    assert (bulkhead.running, bulkhead.queued) == (1, 0)
    bulkhead.release()
    assert bulkhead.running == 0


def test_who_goes_first_finds_a_place_and_comes_before_all_others() -> None:
    bulkhead, order = Bulkhead(1, 1), list[int]()
    bulkhead.acquire(0)
    crowd = in_queue(bulkhead, order, 1)
    first = in_queue(bulkhead, order, 0, first=True)
    for one in (first, crowd):
        bulkhead.release()
        one.join()
    assert order == [0, 1]


def test_a_full_line_turns_away_at_once() -> None:
    bulkhead, order = Bulkhead(1, 1), list[int]()
    bulkhead.acquire(0)
    waiting = in_queue(bulkhead, order, 1)
    with pytest.raises(BulkheadFull):
        bulkhead.acquire(LONG)
    bulkhead.release()
    waiting.join()


def test_who_waited_too_long_leaves_the_line_and_takes_nothing() -> None:
    bulkhead = Bulkhead(1, 1)
    bulkhead.acquire(0)
    with pytest.raises(BulkheadFull):
        bulkhead.acquire(0.01)
    assert (bulkhead.running, bulkhead.queued) == (1, 0)
    bulkhead.release()
    bulkhead.acquire(0)


def test_a_crowd_never_exceeds_the_places_and_leaves_none_behind() -> None:
    bulkhead, most, served = Bulkhead(3, 8), list[int](), list[bool]()

    def come(turn: int) -> None:
        try:
            bulkhead.acquire(0.0005 * (turn % 4))
        except BulkheadFull:
            served.append(False)
            return
        most.append(bulkhead.running)
        time.sleep(0.0005)
        served.append(True)
        bulkhead.release()

    with ThreadPoolExecutor(24) as pool:
        list(pool.map(come, range(1200)))
    assert len(served) == 1200
    assert {True, False} == set(served)
    assert max(most) <= 3
    assert (bulkhead.running, bulkhead.queued) == (0, 0)

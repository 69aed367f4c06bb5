"""Days late, those that count, and suspensions, with the boundary on both sides."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.days.calendar import Calendar
from kernel.days.late_days import (
    LateReturn,
    Lift,
    Suspension,
    days_counted,
    days_late,
    days_of_suspension,
    suspension,
)
from kernel.days.rules import Closure, Opening, Rule, Weekday

DUE = date(2026, 3, 16)  # a Monday
MONDAYS = Rule(valid_from=date(2000, 1, 1), closed=(Weekday(1),))
OPEN = Calendar()
HIS_22ND = date(2026, 3, 22)


def march(day: int) -> date:
    return date(2026, 3, day)


def counted(calendar: Calendar, until: date, *, open_only: bool = False, grace: int = 0) -> int:
    return days_counted(calendar, DUE, until, open_only=open_only, grace=grace)


def closed(first: int, last: int, flag: bool | None) -> Closure:
    return Closure(first=march(first), last=march(last), late_days_count=flag)


def until(*acts: LateReturn | Lift, calendar: Calendar = OPEN) -> date | None:
    found = suspension(calendar, acts)
    return found.until if found else None


def late(day: date, days: int, **more: Any) -> LateReturn:
    return LateReturn(day=day, days=days, **more)


@pytest.mark.parametrize(("day", "days"), [(15, 0), (16, 0), (17, 1), (30, 14)])
def test_days_late_begin_behind_the_due_date(day: int, days: int) -> None:
    assert days_late(DUE, march(day)) == days
    assert counted(OPEN, march(day)) == days


@pytest.mark.parametrize(("grace", "days"), [(0, 1), (1, 0)])
def test_a_day_within_grace_does_not_count(grace: int, days: int) -> None:
    assert counted(OPEN, march(17), grace=grace) == days


def test_whoever_is_over_grace_has_every_day_counted() -> None:
    assert counted(OPEN, march(18), grace=1) == 2


def test_grace_is_compared_with_the_days_so_counted() -> None:
    calendar = Calendar(closures=(closed(17, 18, None),))
    assert counted(calendar, march(19), open_only=True, grace=1) == 0
    assert counted(calendar, march(20), open_only=True, grace=1) == 2
    assert counted(calendar, march(18), grace=1) == 2


def test_only_open_days_count_where_the_policy_says_so() -> None:
    calendar = Calendar(rules=(MONDAYS,))
    assert counted(calendar, march(23), open_only=True) == 6
    assert counted(calendar, march(24), open_only=True) == 7
    assert counted(calendar, march(24)) == 8


@pytest.mark.parametrize(("flag", "calendar_days", "open_days"), [(None, 4, 2), (False, 2, 2), (True, 4, 4)])
def test_a_closure_may_say_for_everybody(flag: bool | None, calendar_days: int, open_days: int) -> None:
    calendar = Calendar(closures=(closed(18, 19, flag),))
    assert counted(calendar, march(20)) == calendar_days
    assert counted(calendar, march(20), open_only=True) == open_days


def test_what_counts_for_nobody_goes_before_what_counts_for_everybody() -> None:
    calendar = Calendar(closures=(closed(18, 19, True), closed(19, 20, False)))
    assert counted(calendar, march(20)) == 2


def test_a_day_that_was_open_all_the_same_counts() -> None:
    calendar = Calendar(closures=(closed(18, 19, False),), openings=(Opening(day=march(19)),))
    assert counted(calendar, march(20)) == 3


@pytest.mark.parametrize(
    ("days", "factor", "extra", "brings"),
    [(0, 1, 5, 0), (1, 1, 0, 1), (3, 2, 5, 11), (3, 1, -2, 1), (3, 1, -3, 0), (3, 1, -4, 0), (4, 0, 7, 7)],
)
def test_what_a_late_copy_brings(days: int, factor: int, extra: int, brings: int) -> None:
    assert days_of_suspension(days, factor=factor, extra=extra) == brings


def test_in_sangju_two_books_four_days_late_are_eight_days_from_the_22nd_to_the_29th() -> None:
    found = suspension(OPEN, [late(HIS_22ND, 4, copies=2, adds_up=True)])
    assert found == Suspension(since=HIS_22ND, until=march(29))


def test_the_longest_holds_and_is_not_added() -> None:
    assert until(late(march(19), 3, copies=2)) == march(21)
    assert until(late(march(19), 3), late(march(19), 5)) == march(23)
    assert until(late(march(19), 5), late(march(20), 3)) == march(23)
    assert until(late(march(19), 5), late(march(22), 3)) == march(24)


def test_a_sum_is_added_to_what_is_running() -> None:
    running = late(march(19), 3)
    assert until(running, late(march(21), 2, adds_up=True)) == march(23)
    assert until(running, late(march(22), 2, adds_up=True)) == march(23)
    assert until(running, late(march(23), 2, adds_up=True)) == march(24)


def test_it_may_begin_the_day_after() -> None:
    assert suspension(OPEN, [late(march(19), 3, from_next_day=True)]) == Suspension(since=march(20), until=march(22))


@pytest.mark.parametrize(("most", "last"), [(2, 20), (3, 21), (4, 21), (0, None)])
def test_one_return_carries_it_so_far_at_most(most: int, last: int | None) -> None:
    assert until(late(march(19), 3, most_days=most)) == (march(last) if last else None)


def test_the_most_days_never_shorten_what_is_running() -> None:
    running = late(march(19), 9)
    assert until(running, late(march(20), 5, adds_up=True, most_days=3)) == march(27)
    assert until(running, late(march(26), 5, adds_up=True, most_days=3)) == march(28)


def test_closed_days_are_not_counted_off_where_they_are_skipped() -> None:
    calendar = Calendar(rules=(MONDAYS,))
    assert until(late(HIS_22ND, 3), calendar=calendar) == march(24)
    assert until(late(HIS_22ND, 3, skips_closed=True), calendar=calendar) == march(25)
    assert until(late(HIS_22ND, 1, skips_closed=True), calendar=calendar) == HIS_22ND


def test_a_suspension_ends_with_the_last_day_of_all() -> None:
    assert until(late(march(22), 3_650 * 1_000)) == date.max


def test_a_lift_ends_what_was_running_and_nothing_later() -> None:
    running = late(march(19), 9)
    assert until(running, Lift(day=march(20))) is None
    assert until(running, Lift(day=march(28))) == march(27)
    assert until(running, Lift(day=march(20)), late(march(21), 2, adds_up=True)) == march(22)


def test_a_suspension_that_goes_on_began_when_it_began() -> None:
    assert suspension(OPEN, [late(march(19), 2), late(march(21), 2)]) == Suspension(since=march(19), until=march(22))
    assert suspension(OPEN, [late(march(19), 2), late(march(22), 2)]) == Suspension(since=march(22), until=march(23))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9), st.integers(1, 4), st.booleans()), max_size=8))
def test_it_is_never_shorter_for_one_return_more(returns: list[tuple[int, int, int, bool]]) -> None:
    acts = [
        late(DUE + timedelta(days=day), days, copies=copies, adds_up=adds_up)
        for day, days, copies, adds_up in sorted(returns)
    ]
    ends = [until(*acts[:number]) or date.min for number in range(len(acts) + 1)]
    assert ends == sorted(ends)

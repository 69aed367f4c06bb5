"""Due dates land on open days."""

import time
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.days.arithmetic import (
    REACH,
    NoOpenDayFound,
    NoOpenDayLeft,
    due_date,
    end_of_open_days,
    next_open_day,
)
from kernel.days.calendar import Calendar
from kernel.days.rules import Closure, IfHoliday, Opening, Rule, Weekday

SATURDAY = date(2013, 2, 9)
ALWAYS = Calendar(rules=(Rule(valid_from=date(1, 1, 1), closed=tuple(map(Weekday, range(1, 8)))),))


def closed_on(*days: date) -> Calendar:
    """A calendar with those days closed."""
    return Calendar(closures=tuple(Closure(first=day, last=day) for day in days))


def test_a_due_date_on_a_closed_day_is_the_next_open_day() -> None:
    assert due_date(Calendar(), SATURDAY, 14) == date(2013, 2, 23)
    assert due_date(closed_on(date(2013, 2, 23)), SATURDAY, 14) == date(2013, 2, 24)
    assert due_date(closed_on(date(2013, 2, 22)), SATURDAY, 14) == date(2013, 2, 23)


def test_the_day_of_the_loan_may_count_as_the_first() -> None:
    assert due_date(Calendar(), SATURDAY, 15, first_day="same") == date(2013, 2, 23)


def test_every_saturday_closed_never_loops() -> None:
    saturdays = Calendar(rules=(Rule(valid_from=date(2000, 1, 1), closed=(Weekday(6),)),))
    assert due_date(saturdays, SATURDAY, 14) == date(2013, 2, 24)


def test_closed_for_ever_is_seen_at_once() -> None:
    next_open_day(Calendar(closures=(Closure(first=SATURDAY, last=SATURDAY),)), SATURDAY)
    began = time.process_time()
    for start in (SATURDAY, date(2026, 1, 1), date(2090, 1, 1)):
        with pytest.raises(NoOpenDayFound):
            due_date(ALWAYS, start, 14)
    assert time.process_time() - began < 1


def test_an_open_day_is_looked_for_within_400_days() -> None:
    first, last = date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=REACH - 1)
    assert next_open_day(Calendar(closures=(Closure(first=first, last=last),)), first) == first + timedelta(days=400)
    with pytest.raises(NoOpenDayFound):
        next_open_day(Calendar(closures=(Closure(first=first, last=last + timedelta(days=1)),)), first)


def test_behind_the_last_day_of_all_there_is_none() -> None:
    closed = Calendar(closures=(Closure(first=date(9999, 12, 30), last=date.max),))
    assert due_date(Calendar(), date(9999, 12, 20), 11) == date.max
    for call in (lambda: due_date(Calendar(), date.max, 1), lambda: next_open_day(closed, date(9999, 12, 30))):
        with pytest.raises(NoOpenDayFound):
            call()
    with pytest.raises(NoOpenDayFound):
        end_of_open_days(Calendar(), date(9999, 12, 30), 3)


def test_beyond_the_tables_of_holidays_there_is_no_open_day() -> None:
    korean = Calendar(rules=(Rule(valid_from=date(2000, 1, 1), closed=(Weekday(5),), holidays="KR"),))
    assert due_date(korean, date(2100, 12, 16), 14) == date(2100, 12, 30)
    with pytest.raises(NoOpenDayFound):  # Friday, 31 December 2100; what comes then nobody knows
        due_date(korean, date(2100, 12, 17), 14)
    with pytest.raises(NoOpenDayFound):
        due_date(korean, date(2100, 12, 20), 14)


def test_a_due_date_is_never_past_the_last_day() -> None:
    calendar = closed_on(date(2013, 2, 19), date(2013, 2, 20), date(2013, 2, 23))
    assert due_date(calendar, SATURDAY, 14, last_day=date(2013, 2, 24)) == date(2013, 2, 24)
    assert due_date(calendar, SATURDAY, 14, last_day=date(2013, 2, 23)) == date(2013, 2, 22)
    assert due_date(calendar, SATURDAY, 14, last_day=date(2013, 2, 20)) == date(2013, 2, 18)
    assert due_date(calendar, SATURDAY, 14, last_day=SATURDAY) == SATURDAY
    with pytest.raises(NoOpenDayLeft):
        due_date(closed_on(SATURDAY), SATURDAY, 14, last_day=SATURDAY)
    with pytest.raises(NoOpenDayLeft):
        due_date(calendar, SATURDAY, 14, last_day=SATURDAY - timedelta(days=1))
    assert due_date(ALWAYS_BUT_TODAY, SATURDAY, 14, last_day=date(2013, 12, 31)) == SATURDAY
    with pytest.raises(NoOpenDayFound):
        due_date(ALWAYS_BUT_TODAY, SATURDAY, 14, last_day=date(2020, 1, 1))


ALWAYS_BUT_TODAY = Calendar(rules=ALWAYS.rules, openings=(Opening(day=SATURDAY),))


DAYS = st.dates(date(2020, 1, 1), date(2029, 12, 31))
WEEKDAYS = st.builds(Weekday, st.integers(1, 7), st.sampled_from([(), (1,), (2, 4), (5,)]))
RULES = st.builds(
    Rule,
    valid_from=DAYS,
    closed=st.lists(WEEKDAYS, max_size=6).map(tuple),
    if_holiday=st.sampled_from(list(IfHoliday)),
    holidays=st.sampled_from(["", "KR"]),
    open_on=st.sampled_from([(), ("삼일절", "한글날")]),
    open_on_all=st.booleans(),
)
CLOSURES = st.builds(lambda day, days: Closure(first=day, last=day + timedelta(days=days)), DAYS, st.integers(0, 60))
CALENDARS = st.builds(
    lambda rules, closures, openings: Calendar(
        rules=tuple(sorted(rules, key=lambda rule: rule.valid_from)),
        closures=tuple(closures),
        openings=tuple(Opening(day=day) for day in openings),
    ),
    st.lists(RULES, max_size=3),
    st.lists(CLOSURES, max_size=3),
    st.lists(DAYS, max_size=3),
)


@given(calendar=CALENDARS, start=DAYS, days=st.integers(1, 90))
def test_a_due_date_is_the_earliest_open_day_from_the_nominal_one_on(calendar: Any, start: date, days: int) -> None:
    nominal = start + timedelta(days=days)
    following = [nominal + timedelta(days=n) for n in range(REACH + 1)]
    is_open = [day for day in following if calendar.is_open(day)]
    if is_open:
        assert due_date(calendar, start, days) == is_open[0]
    else:
        with pytest.raises(NoOpenDayFound):
            due_date(calendar, start, days)


@given(calendar=CALENDARS, day=DAYS)
def test_what_is_said_of_a_day_does_not_depend_on_which_was_asked_first(calendar: Calendar, day: date) -> None:
    before = Calendar(rules=calendar.rules, closures=calendar.closures, openings=calendar.openings)
    before.is_open(day.replace(year=day.year + 1, day=1, month=1))
    assert before.day(day) == calendar.day(day)

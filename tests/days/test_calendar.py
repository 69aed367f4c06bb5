"""Which days a library is open, by its rules, closures and openings."""

from datetime import date, timedelta

import pytest

from kernel.days.calendar import Calendar
from kernel.days.holidays import UnknownHolidays
from kernel.days.rules import Closure, IfHoliday, Opening, Rule, Weekday
from kernel.days.words import why

LONG_AGO = date(2000, 1, 1)
MONDAYS = (Weekday(1),)


def a_calendar(*closed: Weekday, **rule: object) -> Calendar:
    """One rule, in force for ever."""
    return Calendar(rules=(Rule(valid_from=LONG_AGO, closed=closed, **rule),))  # type: ignore[arg-type]


def closed_days(calendar: Calendar, first: str, days: int) -> list[str]:
    """The closed ones of so many days, without their year."""
    start = date.fromisoformat(first)
    return [str(day)[5:] for n in range(days) if not calendar.is_open(day := start + timedelta(days=n))]


def test_without_any_rule_it_is_open_every_day() -> None:
    assert closed_days(Calendar(), "2026-01-01", 365) == []
    assert why(Calendar().day(date(2026, 1, 1)))["en"] == "Open as usual."


def test_closed_each_monday() -> None:
    calendar = a_calendar(*MONDAYS)
    assert closed_days(calendar, "2026-06-01", 15) == ["06-01", "06-08", "06-15"]
    assert why(calendar.day(date(2026, 6, 1))) == {"en": "Closed each Monday.", "ko": "매주 월요일 휴관"}


def test_closed_the_second_and_fourth_monday() -> None:
    calendar = a_calendar(Weekday(1, (2, 4)))
    assert closed_days(calendar, "2026-06-01", 61) == ["06-08", "06-22", "07-13", "07-27"]
    assert closed_days(calendar, "2026-09-01", 30) == ["09-14", "09-28"]  # the 7th is a Monday, too
    assert why(calendar.day(date(2026, 6, 8)))["ko"] == "매월 둘째·넷째 월요일 휴관"
    assert why(calendar.day(date(2026, 6, 8)))["en"] == "Closed each 2nd and 4th Monday of the month."


def test_public_holidays_but_for_sundays_while_a_sunday_that_is_another_holiday_is_closed() -> None:
    calendar = a_calendar(*MONDAYS, holidays="KR")
    assert calendar.is_open(date(2026, 2, 22))  # a Sunday
    assert not calendar.is_open(date(2026, 3, 1))  # a Sunday, and 삼일절
    assert not calendar.is_open(date(2026, 5, 24))  # a Sunday, and 부처님오신날
    assert not calendar.is_open(date(2026, 5, 25))  # its substitute
    assert why(calendar.day(date(2026, 3, 1)))["ko"] == "공휴일 휴관: 삼일절"


def test_open_on_a_named_holiday_and_its_substitute_while_seollal_stays() -> None:
    calendar = a_calendar(holidays="KR", open_on=("삼일절",))
    assert calendar.is_open(date(2026, 3, 1))
    assert calendar.is_open(date(2026, 3, 2))
    assert closed_days(calendar, "2026-02-10", 30) == ["02-16", "02-17", "02-18"]
    assert why(calendar.day(date(2026, 3, 2)))["ko"] == "공휴일이지만 개관: 삼일절 대체 휴일"


def test_a_holiday_that_is_two_is_open_only_where_both_are_named() -> None:
    both = date(2025, 5, 5)
    assert not a_calendar(holidays="KR", open_on=("어린이날",)).is_open(both)
    assert a_calendar(holidays="KR", open_on=("어린이날", "부처님오신날")).is_open(both)
    assert a_calendar(holidays="KR", open_on=("Children's Day", "Buddha's Birthday")).is_open(both)
    assert a_calendar(holidays="KR", open_on_all=True).is_open(both)


def test_a_weekly_day_that_is_a_holiday_is_closed_too_or_open_or_the_next_day_instead() -> None:
    week = "2026-05-24", 5  # Sunday 부처님오신날, Monday its substitute
    also, opened, moved = (
        a_calendar(*MONDAYS, holidays="KR", open_on_all=True, if_holiday=way) for way in ("also", "open", "next_day")
    )
    assert closed_days(also, *week) == ["05-25"]
    assert closed_days(opened, *week) == []
    assert closed_days(moved, *week) == ["05-26"]
    assert why(moved.day(date(2026, 5, 26))) == {
        "en": "Closed instead of Monday, 25 May, which is a public holiday.",
        "ko": "5월 25일 월요일이 공휴일이라 대신 휴관",
    }


def test_the_next_day_is_one_that_is_not_closed_anyway() -> None:
    moved = a_calendar(*MONDAYS, holidays="KR", if_holiday=IfHoliday.NEXT_DAY)
    assert closed_days(moved, "2026-02-15", 8) == ["02-16", "02-17", "02-18", "02-19"]  # Seollal from Monday on
    closed = Calendar(rules=moved.rules, closures=(Closure(first=date(2026, 2, 19), last=date(2026, 2, 20)),))
    assert closed_days(closed, "2026-02-15", 8) == ["02-16", "02-17", "02-18", "02-19", "02-20", "02-21"]


def test_two_closed_days_that_are_holidays_move_to_two_days() -> None:
    moved = a_calendar(*MONDAYS, Weekday(2), holidays="KR", if_holiday=IfHoliday.NEXT_DAY)
    assert closed_days(moved, "2026-02-15", 8) == ["02-16", "02-17", "02-18", "02-19", "02-20"]


def test_a_closing_moves_over_the_end_of_a_year_and_of_a_rule() -> None:
    mondays = Rule(valid_from=LONG_AGO, closed=MONDAYS, holidays="KR", if_holiday="next_day")
    later = Rule(valid_from=date(2027, 12, 28), closed=MONDAYS)
    calendar = Calendar(rules=(mondays, later))
    assert closed_days(calendar, "2027-12-26", 4) == ["12-27", "12-28"]
    eve = a_calendar(Weekday(5), holidays="US", if_holiday="next_day")  # Friday, 31 December 2027: New Year observed
    assert closed_days(eve, "2027-12-31", 3) == ["12-31", "01-01", "01-02"]


def test_in_a_closure_no_closing_moves_on() -> None:
    moved = a_calendar(*MONDAYS, holidays="KR", open_on_all=True, if_holiday=IfHoliday.NEXT_DAY)
    closed = Calendar(rules=moved.rules, closures=(Closure(first=date(2026, 5, 20), last=date(2026, 5, 25)),))
    assert closed.is_open(date(2026, 5, 26))


def test_the_newest_rule_in_force_holds_whole() -> None:
    one = Rule(valid_from=LONG_AGO, closed=MONDAYS, holidays="KR")
    other = Rule(valid_from=date(2026, 3, 1), closed=(Weekday(5),))
    calendar = Calendar(rules=(one, other))
    assert closed_days(calendar, "2026-02-22", 14) == ["02-23", "03-06"]
    twice = Calendar(rules=(one, other, Rule(valid_from=date(2026, 3, 1))))
    assert closed_days(twice, "2026-02-22", 14) == ["02-23"]


def test_an_opening_opens_a_day_whatever_closes_it() -> None:
    day = date(2026, 2, 17)
    calendar = Calendar(
        rules=(Rule(valid_from=LONG_AGO, holidays="KR"),),
        closures=(Closure(first=date(2026, 2, 10), last=date(2026, 2, 20), reason="공사"),),
        openings=(Opening(day=day, reason="설맞이 행사"),),
    )
    assert closed_days(calendar, "2026-02-16", 3) == ["02-16", "02-18"]
    assert why(calendar.day(day)) == {"en": "Open on this day: 설맞이 행사", "ko": "임시 개관: 설맞이 행사"}
    assert why(calendar.day(date(2026, 2, 10)))["ko"] == "임시 휴관: 공사"
    assert why(Calendar(openings=calendar.openings).day(day))["ko"] == "임시 개관: 설맞이 행사"


def test_where_the_holidays_are_not_known_nobody_says_open() -> None:
    assert a_calendar(holidays="KR").is_open(date(2100, 12, 31))
    with pytest.raises(UnknownHolidays):
        a_calendar(holidays="KR").is_open(date(2101, 1, 4))
    assert a_calendar(*MONDAYS).is_open(date(2101, 1, 4))
    assert a_calendar(*MONDAYS).is_open(date(9999, 12, 31))
    assert a_calendar(*MONDAYS).is_open(date(1, 1, 2))

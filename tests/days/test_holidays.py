"""Public holidays of Korea against known days, and what the tables do not know."""

from datetime import date

import pytest

from kernel.days.holidays import UnknownHolidays, holidays_of, names_in

SEOLLAL = {
    2013: "02-09 02-10 02-11", 2016: "02-07 02-08 02-09 02-10", 2020: "01-24 01-25 01-26 01-27",
    2023: "01-21 01-22 01-23 01-24", 2024: "02-09 02-10 02-11 02-12", 2026: "02-16 02-17 02-18",
    2027: "02-06 02-07 02-08 02-09", 2028: "01-26 01-27 01-28",
}  # fmt: skip
CHUSEOK = {
    2014: "09-07 09-08 09-09 09-10", 2017: "10-03 10-04 10-05 10-06", 2024: "09-16 09-17 09-18",
    2025: "10-05 10-06 10-07 10-08", 2026: "09-24 09-25 09-26", 2040: "09-20 09-21 09-22",
}  # fmt: skip
OTHERS = {
    "2023-05-29": "부처님오신날 대체 휴일", "2024-05-06": "어린이날 대체 휴일", "2025-03-03": "삼일절 대체 휴일",
    "2026-05-01": "노동절", "2026-07-17": "제헌절", "2026-06-03": "지방선거일", "2027-05-03": "노동절 대체 휴일",
    "2027-07-19": "제헌절 대체 휴일", "2025-01-27": "임시공휴일",
}  # fmt: skip


@pytest.mark.parametrize(("feast", "known"), [("설날", SEOLLAL), ("추석", CHUSEOK)])
def test_the_lunar_feasts_and_their_substitutes_fall_on_the_days_they_did(feast: str, known: dict[int, str]) -> None:
    for year, expected in known.items():
        found = [day for day, one in holidays_of("KR", year).items() if any(feast in name for name in one.korean)]
        assert [str(day)[5:] for day in sorted(found)] == expected.split(), year


@pytest.mark.parametrize(("day", "name"), OTHERS.items())
def test_holidays_that_older_tables_lack_are_there(day: str, name: str) -> None:
    assert name in holidays_of("KR", int(day[:4]))[date.fromisoformat(day)].korean


def test_labour_day_and_constitution_day_were_none_before_2026() -> None:
    days = holidays_of("KR", 2025)
    assert date(2025, 5, 1) not in days
    assert date(2025, 7, 17) not in days


def test_names_do_not_follow_the_servers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    holidays_of.cache_clear()
    for name in ("LANGUAGE", "LC_ALL", "LANG"):
        monkeypatch.setenv(name, "th")
    assert holidays_of("KR", 2031)[date(2031, 3, 1)] == (("삼일절",), ("Independence Movement Day",))
    assert holidays_of("FR", 2031)[date(2031, 7, 14)].korean == ("National Day",)
    holidays_of.cache_clear()


def test_a_day_with_two_names_has_both() -> None:
    assert holidays_of("KR", 2025)[date(2025, 5, 5)].korean == ("부처님오신날", "어린이날")


def test_what_the_tables_do_not_know_is_refused_and_not_empty() -> None:
    assert holidays_of("KR", 2100)
    with pytest.raises(UnknownHolidays):
        holidays_of("KR", 2101)
    assert holidays_of("JP", 2099)
    with pytest.raises(UnknownHolidays):
        holidays_of("JP", 2100)
    with pytest.raises(KeyError):
        holidays_of("KP ", 2026)


def test_the_names_a_rule_may_give_are_those_of_holidays_and_not_of_substitutes() -> None:
    names = names_in("KR")
    assert {"삼일절", "제헌절", "노동절", "Independence Movement Day"} <= names
    assert not [name for name in names if "대체" in name or "Alternative" in name]

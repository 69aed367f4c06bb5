"""Why the library is open or closed on a day, in both languages."""

from datetime import date

from kernel.days.calendar import Day
from kernel.days.holidays import Holiday
from kernel.days.rules import Weekday

Words = dict[str, str]
"""A sentence by language."""
WEEKDAYS_KO = "월화수목금토일"
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
NTH_KO = ("첫째", "둘째", "셋째", "넷째", "다섯째")
NTH_EN = ("1st", "2nd", "3rd", "4th", "5th")


def why(day: Day) -> Words:
    """Why it is open or closed on a day."""
    if day.opening:
        return _with_reason({"en": "Open on this day", "ko": "임시 개관"}, day.opening.reason)
    if day.closure:
        return _with_reason({"en": "Closed on these days", "ko": "임시 휴관"}, day.closure.reason)
    if day.holiday and not day.excepted:
        names = _names(day.holiday)
        return {"en": f"Closed on a public holiday: {names['en']}.", "ko": f"공휴일 휴관: {names['ko']}"}
    if day.weekday:
        return weekly(day.weekday)
    if day.instead_of:
        moved = day.instead_of
        return {
            "en": f"Closed instead of {_day_en(moved)}, which is a public holiday.",
            "ko": f"{_day_ko(moved)}이 공휴일이라 대신 휴관",
        }
    if day.holiday:
        names = _names(day.holiday)
        return {"en": f"Open on this public holiday: {names['en']}.", "ko": f"공휴일이지만 개관: {names['ko']}"}
    return {"en": "Open as usual.", "ko": "평소대로 개관"}


def weekly(weekday: Weekday) -> Words:
    """A closed weekday."""
    name_en, name_ko = WEEKDAYS_EN[weekday.weekday - 1], f"{WEEKDAYS_KO[weekday.weekday - 1]}요일"
    if not weekday.weeks:
        return {"en": f"Closed each {name_en}.", "ko": f"매주 {name_ko} 휴관"}
    nth_en = " and ".join(NTH_EN[week - 1] for week in weekday.weeks)
    nth_ko = "·".join(NTH_KO[week - 1] for week in weekday.weeks)
    return {"en": f"Closed each {nth_en} {name_en} of the month.", "ko": f"매월 {nth_ko} {name_ko} 휴관"}


def _with_reason(words: Words, reason: str) -> Words:
    return {language: f"{sentence}: {reason}" if reason else sentence for language, sentence in words.items()}


def _names(holiday: Holiday) -> Words:
    return {"en": ", ".join(holiday.english), "ko": ", ".join(holiday.korean)}


def _day_en(day: date) -> str:
    return f"{WEEKDAYS_EN[day.weekday()]}, {day.day} {MONTHS_EN[day.month - 1]}"


def _day_ko(day: date) -> str:
    return f"{day.month}월 {day.day}일 {WEEKDAYS_KO[day.weekday()]}요일"

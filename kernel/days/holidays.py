"""Public holidays, from the tables of the package `holidays`.

Its names follow the server's locale unless a language is asked for that the country's table has, so only such languages
are asked for. A year that a table does not cover is empty there without a word: here it is refused.
"""

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

KOREAN, ENGLISH = "ko", "en_US"
SUBSTITUTES = ("{} 대체 휴일", "Alternative holiday for {}", "{} (observed)", "{} (substitute)")
"""How tables name the day off in place of a holiday."""
NAMED_FROM, NAMED_TO = 2000, 2060
"""The years whose names a rule may give: every holiday there is today has its day within them."""


class Holiday(NamedTuple):
    """What a day is celebrated as, in Korean where the country's table has that, and in English."""

    korean: tuple[str, ...]
    english: tuple[str, ...]

    def is_excepted(self, names: Collection[str]) -> bool:
        """Whether each thing celebrated that day is among the names, itself or as the holiday that it substitutes."""
        accepted = {*names, *(form.format(name) for name in names for form in SUBSTITUTES)}
        return any(accepted.issuperset(own) for own in (self.korean, self.english))


class UnknownHolidays(LookupError):
    """The tables end before that year."""


@cache
def _package() -> Any:
    """The package, read when a library first needs it: that takes half a second."""
    return import_module("holidays")


@cache
def countries() -> frozenset[str]:
    """The codes of the countries that there are tables for (ISO 3166)."""
    return frozenset(code for code in _package().list_supported_countries(include_aliases=False) if len(code) == 2)


@cache
def holidays_of(country: str, year: int) -> Mapping[date, Holiday]:
    """The public holidays of a year. Raises `UnknownHolidays`, and `KeyError` for a country without a table."""
    table = _table(country)
    if year > table.end_year:
        raise UnknownHolidays(year)
    english = _names(table(years=year, language=ENGLISH))
    korean = _names(table(years=year, language=KOREAN)) if KOREAN in table.supported_languages else english
    return {day: Holiday(korean.get(day, names), names) for day, names in english.items()}


@cache
def names_in(country: str) -> frozenset[str]:
    """Every name of a public holiday of a country these years, in both languages, without those of substitutes."""
    years = range(NAMED_FROM, min(NAMED_TO, _table(country).end_year) + 1)
    days = [holiday for year in years for holiday in holidays_of(country, year).values()]
    names = {name for holiday in days for own in holiday for name in own}
    return frozenset(names - {form.format(name) for name in names for form in SUBSTITUTES})


def _table(country: str) -> Any:
    if country not in countries():
        raise KeyError(country)
    return getattr(_package(), country)


def _names(days: Any) -> dict[date, tuple[str, ...]]:
    return {day: tuple(days.get_list(day)) for day in days}

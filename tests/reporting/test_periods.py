"""A period is its whole months and the days beside them."""

from datetime import date, timedelta

import pytest

from reporting.periods import days_beside, end_of_month, whole_months


@pytest.mark.parametrize(
    ("first", "last", "months", "beside"),
    [
        ("2026-01-01", "2026-12-31", ("2026-01-01", "2026-12-01"), []),
        ("2026-01-02", "2026-12-31", ("2026-02-01", "2026-12-01"), [("2026-01-02", "2026-01-31")]),
        ("2026-01-01", "2026-03-30", ("2026-01-01", "2026-02-01"), [("2026-03-01", "2026-03-30")]),
        ("2026-01-15", "2026-02-15", None, [("2026-01-15", "2026-02-15")]),
        ("2024-02-01", "2024-02-29", ("2024-02-01", "2024-02-01"), []),
        ("2024-02-01", "2024-02-28", None, [("2024-02-01", "2024-02-28")]),
        ("2026-03-02", "2026-03-02", None, [("2026-03-02", "2026-03-02")]),
    ],
)
def test_each_day_of_a_period_is_in_one_part(
    first: str, last: str, months: tuple[str, str] | None, beside: list[tuple[str, str]]
) -> None:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    whole = whole_months(begin, end)
    assert whole == (tuple(map(date.fromisoformat, months)) if months else None)
    assert list(days_beside(begin, end)) == [tuple(map(date.fromisoformat, part)) for part in beside]
    parts = [*days_beside(begin, end), *([(whole[0], end_of_month(whole[1]))] if whole else [])]
    assert sum(((part[1] - part[0]) + timedelta(1) for part in parts), timedelta()) == end - begin + timedelta(1)

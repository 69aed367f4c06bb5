"""The age groups and main classes by which libraries count."""

from datetime import date

import pytest

from kernel.values.groups import age_group, main_class

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("born_on", "group"),
    [
        (date(2026, 3, 2), "0"),
        (date(2020, 3, 3), "0"),
        (date(2020, 3, 2), "6"),
        (date(2018, 3, 3), "6"),
        (date(2018, 3, 2), "8"),
        (date(2012, 3, 3), "8"),
        (date(2012, 3, 2), "14"),
        (date(2006, 3, 3), "14"),
        (date(2006, 3, 2), "20"),
        (date(1956, 1, 1), "60"),
        (date(1926, 1, 1), "60"),
        (date(2004, 2, 29), "20"),
        (None, ""),
        (date(2026, 3, 3), ""),
    ],
)
def test_an_age_group_begins_on_a_birthday(born_on: date | None, group: str) -> None:
    assert age_group(born_on, TODAY) == group


@pytest.mark.parametrize(
    ("number", "scheme", "digit"),
    [
        ("813.6", "kdc", "8"),
        ("813.6", "", "8"),
        ("005.133", "kdc", "0"),
        ("아동 813.8", "kdc", "8"),
        ("8", "kdc", "8"),
        ("400", "ddc", "7"),
        ("510", "ddc", "4"),
        ("641.5", "ddc", "5"),
        ("746", "ddc", "6"),
        ("895.7", "ddc", "8"),
        ("400", "kdc", "4"),
        ("", "kdc", ""),
        ("PS3537", "", ""),
        ("소설", "kdc", ""),
    ],
)
def test_a_class_number_belongs_to_a_main_class(number: str, scheme: str, digit: str) -> None:
    assert main_class(number, scheme) == digit

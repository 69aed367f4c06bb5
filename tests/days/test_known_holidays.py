"""The doctor compares the tables of public holidays with days that are known."""

from datetime import date

import pytest
from django.utils import timezone

from lending.calendar.services import add_rule
from library.operations.doctor.installation import KNOWN_HOLIDAYS, holidays_are_known

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LACKING = {date(2026, 5, 2): "노동절", date(2026, 6, 6): "광복절", date(2026, 7, 17): "제헌절"}


def follow_korea() -> None:
    """A calendar with public holidays."""
    add_rule(valid_from=date(2026, 1, 1), closed={}, holidays="KR", now=timezone.now(), by_id=None)


def test_the_known_holidays_are_known() -> None:
    follow_korea()
    assert list(holidays_are_known(timezone.now())) == []
    assert date(2026, 5, 1) in KNOWN_HOLIDAYS


def test_tables_that_lack_known_days_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("library.operations.doctor.installation.KNOWN_HOLIDAYS", LACKING)
    follow_korea()
    (fault,) = holidays_are_known(timezone.now())
    assert fault.msg == "The tables of public holidays are wrong about: 2026-05-02 노동절, 2026-06-06 광복절."
    assert "requirements.txt" in str(fault.hint)


def test_a_library_that_follows_no_holidays_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("library.operations.doctor.installation.KNOWN_HOLIDAYS", LACKING)
    assert list(holidays_are_known(timezone.now())) == []

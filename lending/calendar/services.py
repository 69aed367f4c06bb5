"""Changing the calendar. What was granted keeps its due date; `due_dates.py` moves those that somebody wants moved."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kernel.days.rules import IfHoliday
from kernel.eventbus.publishing.outbox import publish
from kernel.storage.databases import atomic_in
from lending.events import CalendarChanged
from lending.models import CalendarRule, CalendarVersion, Closure, Opening

THE_CALENDAR = 1


@atomic_in("lending")
def add_rule(
    *,
    valid_from: date,
    now: datetime,
    by_id: int | None,
    closed: Mapping[int, Sequence[int]],
    if_holiday: str = IfHoliday.ALSO,
    holidays: str = "",
    open_on: Sequence[str] = (),
    open_on_all: bool = False,
) -> CalendarRule:
    """Sets the regular closed days from a day on, also from one that is past.

    `closed` are ISO weekdays with the weeks of the month, none for each week.
    """
    version = _lock_calendar()
    rule = CalendarRule.objects.create(
        valid_from=valid_from,
        closed=[[weekday, sorted({*weeks})] for weekday, weeks in sorted(closed.items())],
        if_holiday=if_holiday,
        holidays=holidays,
        open_on=list(open_on),
        open_on_all=open_on_all,
        made_at=now,
        made_by_id=by_id,
    )
    _announce(version, now)
    return rule


@atomic_in("lending")
def drop_rule(rule_id: int, *, now: datetime) -> None:
    """Takes a rule out of the calendar; the one before it holds again. Raises `CalendarRule.DoesNotExist`."""
    version = _lock_calendar()
    CalendarRule.objects.get(pk=rule_id).delete()
    _announce(version, now)


@atomic_in("lending")
def add_closure(
    *, first: date, last: date, reason: str, now: datetime, by_id: int | None, late_days_count: bool | None = None
) -> Closure:
    """Closes the library on these days, which may be past."""
    version = _lock_calendar()
    closure = Closure.objects.create(
        first=first, last=last, reason=reason, late_days_count=late_days_count, made_at=now, made_by_id=by_id
    )
    _announce(version, now)
    return closure


@atomic_in("lending")
def drop_closure(closure_id: int, *, now: datetime) -> None:
    """Takes a closure out of the calendar. Due dates that it moved stay. Raises `Closure.DoesNotExist`."""
    version = _lock_calendar()
    Closure.objects.get(pk=closure_id).delete()
    _announce(version, now)


@atomic_in("lending")
def add_opening(*, day: date, reason: str, now: datetime, by_id: int | None) -> Opening:
    """Opens the library on a day, whatever else would close it."""
    version = _lock_calendar()
    opening = Opening.objects.create(day=day, reason=reason, made_at=now, made_by_id=by_id)
    _announce(version, now)
    return opening


@atomic_in("lending")
def drop_opening(opening_id: int, *, now: datetime) -> None:
    """Takes an opening out of the calendar. Raises `Opening.DoesNotExist`."""
    version = _lock_calendar()
    Opening.objects.get(pk=opening_id).delete()
    _announce(version, now)


def _lock_calendar() -> CalendarVersion:
    """The calendar's next version, under the lock that everybody takes who changes the calendar."""
    CalendarVersion.objects.get_or_create(pk=THE_CALENDAR)
    version = CalendarVersion.objects.select_for_update().get(pk=THE_CALENDAR)
    version.version, version.token = version.version + 1, secrets.randbelow(2**62) + 1
    version.save()
    return version


def _announce(version: CalendarVersion, now: datetime) -> None:
    rules = CalendarRule.objects.in_bulk().items()
    closures = Closure.objects.in_bulk().items()
    facts: dict[str, Any] = {
        "rules": {pk: rule.valid_from for pk, rule in rules},
        "closed": {pk: {weekday: tuple(weeks) for weekday, weeks in rule.closed} for pk, rule in rules},
        "if_holiday": {pk: rule.if_holiday for pk, rule in rules},
        "holidays": {pk: rule.holidays for pk, rule in rules},
        "open_on": {pk: ("all",) if rule.open_on_all else tuple(rule.open_on) for pk, rule in rules},
        "closures": {pk: (closure.first, closure.last, closure.reason) for pk, closure in closures},
        "late_days_count": {pk: closure.late_days_count for pk, closure in closures},
        "openings": {pk: (opening.day, opening.reason) for pk, opening in Opening.objects.in_bulk().items()},
    }
    publish(CalendarChanged(occurred_at=now, calendar=version.pk, version=version.version, **facts))

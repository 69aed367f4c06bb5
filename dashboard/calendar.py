"""The library's calendar, as `CalendarChanged` told it."""

from datetime import date
from typing import Any

from dashboard.models import CalendarRow
from kernel.days.calendar import Calendar
from kernel.days.rules import Closure, Opening, Rule, Weekday

FACTS = (
    "rules", "closed", "if_holiday", "holidays", "open_on", "closures", "late_days_count", "openings",
)  # fmt: skip


def calendar_known() -> Calendar:
    """The calendar of the row; without one the library is open every day."""
    row = CalendarRow.objects.first()
    return calendar_of(row.facts if row else None)


def calendar_of(facts: dict[str, Any] | None) -> Calendar:
    """The calendar of such facts; without any the library is open every day."""
    if not facts:
        return Calendar()
    days = {pk: date.fromisoformat(day) for pk, day in facts["rules"].items()}
    in_order = sorted(days, key=lambda pk: (days[pk], int(pk)))
    closures = sorted(facts["closures"].items(), key=lambda item: (item[1][0], int(item[0])))
    return Calendar(
        rules=tuple(_rule(days[pk], pk, facts) for pk in in_order),
        closures=tuple(
            Closure(
                first=date.fromisoformat(first),
                last=date.fromisoformat(last),
                reason=reason,
                late_days_count=facts["late_days_count"][pk],
            )
            for pk, (first, last, reason) in closures
        ),
        openings=tuple(
            Opening(day=date.fromisoformat(day), reason=reason) for day, reason in facts["openings"].values()
        ),
    )


def _rule(valid_from: date, pk: str, facts: dict[str, Any]) -> Rule:
    open_on = tuple(facts["open_on"][pk])
    return Rule(
        valid_from=valid_from,
        closed=tuple(Weekday(int(day), tuple(weeks)) for day, weeks in facts["closed"][pk].items()),
        if_holiday=facts["if_holiday"][pk],
        holidays=facts["holidays"][pk],
        open_on=() if open_on == ("all",) else open_on,
        open_on_all=open_on == ("all",),
    )

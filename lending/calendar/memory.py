"""The calendar, as each process remembers it."""

from kernel.days.calendar import Calendar
from lending.models import CalendarRule, CalendarVersion, Closure, Opening

OPEN_EVERY_DAY = Calendar()
_known: tuple[int, Calendar] = (0, OPEN_EVERY_DAY)


def calendar_of(token: int) -> Calendar:
    """The calendar with that token of `CalendarVersion`, 0 before there is any; read where another is remembered."""
    global _known
    known = _known
    if not token:
        return OPEN_EVERY_DAY
    if known[0] != token:
        rules, closures = CalendarRule.objects.order_by("valid_from", "pk"), Closure.objects.order_by("first", "pk")
        calendar = Calendar(
            rules=tuple(row.rule() for row in rules),
            closures=tuple(row.closure() for row in closures),
            openings=tuple(row.opening() for row in Opening.objects.order_by("day", "pk")),
        )
        _known = known = (token, calendar)
    return known[1]


def calendar_in_force() -> Calendar:
    """The calendar at this moment, in one statement where nobody changed it."""
    return calendar_of(CalendarVersion.objects.values_list("token", flat=True).first() or 0)

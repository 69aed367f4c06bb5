"""The calendar, as each process remembers it."""

from kernel.days.calendar import Calendar
from lending.models import CalendarRule, CalendarVersion, Closure, Opening

_known: tuple[int, Calendar] = (0, Calendar())


def calendar_of(token: int) -> Calendar:
    """The calendar with that token of `CalendarVersion`, 0 before there is any; read where another is remembered."""
    global _known
    if _known[0] != token:
        _known = (
            token,
            Calendar(
                rules=tuple(row.rule() for row in CalendarRule.objects.order_by("valid_from", "pk")),
                closures=tuple(row.closure() for row in Closure.objects.order_by("first", "pk")),
                openings=tuple(row.opening() for row in Opening.objects.order_by("day", "pk")),
            ),
        )
    return _known[1]


def calendar_in_force() -> Calendar:
    """The calendar at this moment, in one statement where nobody changed it."""
    return calendar_of(CalendarVersion.objects.values_list("token", flat=True).first() or 0)

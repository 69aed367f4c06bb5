"""Until when a copy stands on the hold shelf."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache

from django.db.models import Count, Min

from kernel.days import arithmetic
from kernel.days.calendar import Calendar
from lending.models import MAY_BE_LENT, Copy
from lending.policies.eligibility import Eligibility
from lending.policies.table import Decision
from lending.policy_fields import HoldRules


def last_day_to_collect(calendar: Calendar, rules: HoldRules, ready_on: date) -> date:
    """The open day to which a copy is kept that is there from a day on. Where no open day is known, it is the day to
    which it would be kept if all were open: a return never fails for that."""
    try:
        if rules.pickup_counts == "open_days":
            return arithmetic.end_of_open_days(calendar, ready_on, rules.pickup_days, first_day=rules.pickup_first_day)
        first_day = rules.pickup_first_day if rules.pickup_days else "next"
        return arithmetic.due_date(calendar, ready_on, rules.pickup_days, first_day=first_day)
    except arithmetic.NoOpenDayFound as nowhere:
        ends: date = nowhere.args[0]
        return ends


def last_days(ready: Sequence[tuple[int, Eligibility]]) -> list[date]:
    """Of copies that are there from the day on of which a patron's eligibility is, each of a book and for a patron, the
    last day to collect it."""
    by_type = any(patron.policies.asks_for_type(patron.day) for _book, patron in ready[:1])
    deciding = type_that_decides({book for book, _patron in ready}) if by_type else {}
    return [_last_day(patron.calendar, patron.decision(deciding.get(book, "")), patron.day) for book, patron in ready]


@lru_cache(maxsize=1_000)
def _last_day(calendar: Calendar, decision: Decision, ready_on: date) -> date:
    return last_day_to_collect(calendar, decision.rules.hold, ready_on)


def type_that_decides(books: Collection[int]) -> Mapping[int, str]:
    """By whose rules holds on these books are judged: the type that all copies are of that may be lent, else none."""
    copies = Copy.objects.filter(MAY_BE_LENT, book__among=books).values("book").order_by("book")
    found = copies.annotate(types=Count("type", distinct=True), first=Min("type"))
    return {one["book"]: one["first"] if one["types"] == 1 else "" for one in found}

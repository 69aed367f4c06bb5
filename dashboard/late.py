"""What a return today would come to, from the page's own rows. The arithmetic of days is kernel's."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Subquery

from dashboard.calendar import calendar_known, calendar_of
from dashboard.models import CalendarRow, LoanRow, TermsRow
from dashboard.rules import LateCopy
from kernel.days.calendar import Calendar
from kernel.days.late_days import (
    CHARGING,
    SUSPENDING,
    LateReturn,
    Suspension,
    days_counted,
    days_of_suspension,
    suspension,
)

SECTION, ITEMS = "late.", "items.late"
CALENDAR = Subquery(CalendarRow.objects.values("facts")[:1])
"""Read along with the terms, in one statement."""
WITHOUT_TERMS: Mapping[str, Any] = {"as": "fine"}
"""A loan that was made before loans kept their rules."""


@dataclass(frozen=True, kw_only=True)
class LatePart:
    """Copies of an overdue loan for which one day counts: today, or the day on which they were claimed to be returned.
    `late_copies` has the accompanying items that each make one more."""

    loan: LoanRow
    today: date
    day: date
    copies: int
    late_copies: int
    rules: Mapping[str, Any]
    days_counted: int


@dataclass(frozen=True, kw_only=True)
class Accruing:
    """What the overdue loans would come to today: those parts that money would be charged for, the type of the copies
    by loan, and how many days without loans would follow."""

    charged: Sequence[LatePart] = ()
    copy_types: Mapping[int, str] = field(default_factory=dict)
    suspension_days: int = 0


def late_rules(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a policy's fields that are about late returns, by their own names, and whether items count."""
    late = {name.removeprefix(SECTION): value for name, value in rules.items() if name.startswith(SECTION)}
    return {**late, "items": rules.get(ITEMS, False)}


def accruing(loans: Sequence[LoanRow], today: date, suspended_until: date | None) -> Accruing:
    """What these overdue loans would come to if all of them came back today; one statement, none without loans."""
    if not loans:
        return Accruing()
    kept = TermsRow.objects.filter(pk__in={loan.terms_id for loan in loans if loan.terms_id})
    terms = {row.pk: row for row in kept.annotate(calendar=CALENDAR)}
    facts = next((row.calendar for row in terms.values()), None)
    calendar = calendar_of(facts) if terms else calendar_known()
    parts = [
        part
        for loan in loans
        for part in _parts(
            loan, terms[loan.terms_id].late if loan.terms_id in terms else WITHOUT_TERMS, calendar, today
        )
    ]
    running = Suspension(since=today, until=suspended_until) if suspended_until else None
    late_returns = [_late_return(part) for part in sorted(parts, key=_day) if part.rules["as"] in SUSPENDING]
    until = suspension(calendar, late_returns, running)
    return Accruing(
        charged=[part for part in parts if part.days_counted and part.rules["as"] in CHARGING],
        copy_types={loan.loan_id: terms[loan.terms_id].copy_type for loan in loans if loan.terms_id in terms},
        suspension_days=_more_days(running, until, today) if late_returns else 0,
    )


def copies_late(loan: LoanRow) -> int:
    """How many copies of an overdue loan are late: what is claimed to be returned is late no more."""
    return loan.outstanding - len(loan.claimed)


def last_late_day(loan: LoanRow, today: date) -> date:
    """The last day that counts as late for any copy of a loan."""
    return today if copies_late(loan) else max(map(date.fromisoformat, loan.claimed.values()), default=today)


def _parts(loan: LoanRow, rules: Mapping[str, Any], calendar: Calendar, today: date) -> Iterator[LatePart]:
    """The copies of a loan by the day that counts for them, as they would be taken back."""
    assert loan.due_on, "what is overdue has a due date"
    claimed = {copy: min(date.fromisoformat(day), today) for copy, day in loan.claimed.items()}
    items = loan.items_out if rules.get("items") else {}
    open_only, grace = rules.get("counts") == "open_days", rules.get("grace_days", 0)
    copies, late_items = Counter(claimed.values()), Counter[date]()
    copies[today] += copies_late(loan)
    for copy, number in items.items():
        late_items[claimed.get(copy, today)] += number
    for day in sorted(day for day in copies if copies[day]):
        yield LatePart(
            loan=loan,
            today=today,
            day=day,
            copies=copies[day],
            late_copies=copies[day] + late_items[day],
            rules=rules,
            days_counted=days_counted(calendar, loan.due_on, day, open_only=open_only, grace=grace),
        )


def late_copies(part: LatePart, prices: Mapping[int, int | None]) -> list[LateCopy]:
    """The copies of a part, by the prices of the loan's copies."""
    days = {int(copy): date.fromisoformat(day) for copy, day in part.loan.claimed.items()}
    own = [copy for copy in prices if min(days.get(copy, date.max), part.today) == part.day]
    items = {int(copy): number for copy, number in part.loan.items_out.items()} if part.rules.get("items") else {}
    known = [LateCopy(price=prices[copy], items=items.get(copy, 0)) for copy in own]
    return known + [LateCopy()] * (part.copies - len(known))


def _day(part: LatePart) -> date:
    return part.day


def _late_return(part: LatePart) -> LateReturn:
    late = part.rules
    brings = days_of_suspension(
        part.days_counted, factor=late["suspension_factor"], extra=late["suspension_extra_days"]
    )
    return LateReturn(
        day=part.day,
        days=brings,
        copies=part.late_copies,
        adds_up=late["suspension"] == "sum",
        from_next_day=late["suspension_first_day"] == "next",
        skips_closed=late["suspension_skips_closed"],
        most_days=late["suspension_max_days"],
    )


def _more_days(running: Suspension | None, until: Suspension | None, today: date) -> int:
    if until is None:
        return 0
    before = running.until if running else max(today, until.since) - timedelta(days=1)
    return max(0, (until.until - before).days)


def late_among(loans: Iterable[LoanRow], today: date) -> list[LoanRow]:
    """Those that are overdue."""
    return [loan for loan in loans if loan.due_on and loan.due_on < today]

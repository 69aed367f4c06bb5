"""What a return today would come to, from the page's own rows. The arithmetic of days is kernel's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Subquery

from dashboard.calendar import calendar_known, calendar_of
from dashboard.models import CalendarRow, LoanRow, TermsRow
from kernel.days.late_days import (
    CHARGING,
    SUSPENDING,
    LateReturn,
    Suspension,
    days_counted,
    days_of_suspension,
    suspension,
)

SECTION = "late."
CALENDAR = Subquery(CalendarRow.objects.values("facts")[:1])
"""Read along with the terms, in one statement."""
WITHOUT_TERMS: Mapping[str, Any] = {"as": "fine"}
"""A loan that was made before loans kept their rules."""


@dataclass(frozen=True, kw_only=True)
class Accruing:
    """What the overdue loans would come to today: the days that would be charged for and the type of the copies, by
    loan, and how many days without loans would follow."""

    charged_days: Mapping[int, int]
    copy_types: Mapping[int, str]
    suspension_days: int = 0


NOTHING = Accruing(charged_days={}, copy_types={})


def late_rules(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a policy's fields that are about late returns, by their own names."""
    return {name.removeprefix(SECTION): value for name, value in rules.items() if name.startswith(SECTION)}


def accruing(loans: Sequence[LoanRow], today: date, suspended_until: date | None) -> Accruing:
    """What these overdue loans would come to if all of them came back today; one statement, none without loans."""
    if not loans:
        return NOTHING
    kept = TermsRow.objects.filter(pk__in={loan.terms_id for loan in loans if loan.terms_id})
    terms = {row.pk: row for row in kept.annotate(calendar=CALENDAR)}
    rules = {pk: row.late for pk, row in terms.items()}
    facts = next((row.calendar for row in terms.values()), None)
    calendar = calendar_of(facts) if terms else calendar_known()
    counted = [
        (loan, late, _counted(calendar, loan, late, today))
        for loan in loans
        if loan.due_on and (late := rules.get(loan.terms_id or 0, WITHOUT_TERMS))
    ]
    running = Suspension(since=today, until=suspended_until) if suspended_until else None
    late_returns = [_late_return(loan, late, days, today) for loan, late, days in counted if late["as"] in SUSPENDING]
    until = suspension(calendar, late_returns, running)
    return Accruing(
        charged_days={loan.loan_id: days for loan, late, days in counted if days and late["as"] in CHARGING},
        copy_types={loan.loan_id: terms[loan.terms_id].copy_type for loan in loans if loan.terms_id in terms},
        suspension_days=_more_days(running, until, today) if late_returns else 0,
    )


def _counted(calendar: Any, loan: LoanRow, late: Mapping[str, Any], today: date) -> int:
    assert loan.due_on
    open_only, grace = late.get("counts") == "open_days", late.get("grace_days", 0)
    return days_counted(calendar, loan.due_on, today, open_only=open_only, grace=grace)


def _late_return(loan: LoanRow, late: Mapping[str, Any], counted: int, today: date) -> LateReturn:
    brings = days_of_suspension(counted, factor=late["suspension_factor"], extra=late["suspension_extra_days"])
    return LateReturn(
        day=today,
        days=brings,
        copies=loan.outstanding,
        adds_up=late["suspension"] == "sum",
        from_next_day=late["suspension_first_day"] == "next",
        skips_closed=late["suspension_skips_closed"],
        most_days=late["suspension_max_days"],
    )


def _more_days(running: Suspension | None, until: Suspension | None, today: date) -> int:
    begun = [running.until.toordinal()] if running else []
    return max(0, until.until.toordinal() - max(today.toordinal() - 1, *begun, 0)) if until else 0


def late_among(loans: Iterable[LoanRow], today: date) -> list[LoanRow]:
    """Those that are overdue."""
    return [loan for loan in loans if loan.due_on and loan.due_on < today]

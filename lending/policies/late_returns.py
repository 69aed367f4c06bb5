"""What a return comes to: its days late, those that count, and what each copy brings of a suspension."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from kernel.days.calendar import Calendar
from kernel.days.late_days import CHARGING, SUSPENDING, days_counted, days_late, days_of_suspension
from lending.calendar.memory import calendar_in_force
from lending.models import Loan
from lending.policies.table import policies_now
from lending.policy_fields import LateRules, Rules


@dataclass(frozen=True, kw_only=True)
class LateReturn:
    """Days by the calendar, days that count by the rules, and the days of suspension that each copy brings."""

    days_late: int
    days_counted: int = 0
    suspension_days: int = 0
    late_as: str = "fine"


def late_return(due_on: date, returned_on: date, rules: LateRules, calendar: Calendar | None = None) -> LateReturn:
    """What a return on a day comes to by the rules that its loan keeps; the calendar is read, where it is not given,
    only if it is late."""
    late = days_late(due_on, returned_on)
    if not late:
        return LateReturn(days_late=0, late_as=rules.as_)
    open_only = rules.counts == "open_days"
    counted = days_counted(
        calendar or calendar_in_force(), due_on, returned_on, open_only=open_only, grace=rules.grace_days
    )
    brings = days_of_suspension(counted, factor=rules.suspension_factor, extra=rules.suspension_extra_days)
    return LateReturn(
        days_late=late,
        days_counted=counted,
        suspension_days=brings if rules.as_ in SUSPENDING else 0,
        late_as=rules.as_,
    )


def rules_kept(loan: Loan, category: str, copy_type: str) -> Rules:
    """The rules that a loan keeps; one that was made without has those of today."""
    if loan.terms:
        return loan.terms.rules
    return policies_now().deciding(category, copy_type, timezone.localdate()).rules


def charged_days(due_on: date, returned_on: date, rules: LateRules, calendar: Calendar) -> int:
    """The days late that money is charged for; 0 where these rules charge none."""
    return late_return(due_on, returned_on, rules, calendar).days_counted if rules.as_ in CHARGING else 0

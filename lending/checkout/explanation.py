"""Why a loan is due when it is: the policy that it keeps, in sentences, and the days that counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel.days.calendar import Day
from kernel.days.holidays import UnknownHolidays
from lending.calendar.memory import calendar_in_force
from lending.calendar.queries import days_between, why_of
from lending.models import Loan, Policy, Return
from lending.policies.due_dates import due_date_of_policy
from lending.policies.eligibility import eligibility_shown
from lending.policies.sentences import came_back_late, items, late_returns, limits, period, renewals, which_policy
from lending.policy_fields import NAMES

MOST_DAYS = 400


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The sentences, the policy whole as the API shows one, and the days from the loan to the due date, or to a late
    return."""

    sentences: Sequence[str]
    policy: dict[str, Any]
    days: Sequence[Day]

    @property
    def closed_days(self) -> list[tuple[date, str]]:
        """Those of the days on which the library is closed, and why."""
        return [(day.on, why_of(day)) for day in self.days if not day.is_open]


def explanation_of(loan: Loan, today: date) -> Explanation:
    """Why the loan is due when it is. One that was never lent has no days, and the policy of today."""
    kept = loan.terms
    decision = None if kept else eligibility_shown(loan.patron_id or 0, today).decision("")
    number = kept.policy if kept else decision.policy.pk if decision and decision.policy else None
    rules = kept.rules if kept else decision.rules if decision else None
    policy = Policy.objects.filter(pk=number).first() if number else None
    assert rules, "a loan keeps rules, or there are those of today"
    said = [which_policy(kept.valid_from if kept else None, policy.category, policy.copy_type)] if policy else []
    said = said or [which_policy(None, "", "", adopted=False)]
    days: list[Day] = []
    if loan.borrowed_at and loan.due_on:
        borrowed_on = timezone.localdate(loan.borrowed_at)
        days = _days(borrowed_on, max(loan.due_on, _last_return(loan) if loan.returned_at else today))
        by_policy = due_date_of_policy(calendar_in_force(), rules.loan, borrowed_on=borrowed_on)
        since = _renewed(loan) if loan.renewals else period(rules, borrowed_on, loan.due_on, by_policy)
        said += [since, *renewals(rules)]
    shown = {
        "id": number,
        "valid_from": kept.valid_from if kept else policy.begins_on if policy else None,
        "category": policy.category or None if policy else None,
        "copy_type": policy.copy_type or None if policy else None,
        **rules.nested(),
        "left_out": [name for name in NAMES if not policy or name not in policy.given],
    }
    late = [came_back_late(made.returned_on, made.days_late, made.days_counted) for made in _late_returns(loan)]
    return Explanation(
        sentences=[*said, *limits(rules), *items(rules), *late_returns(rules), *late], policy=shown, days=days
    )


def _last_return(loan: Loan) -> date:
    """The day for which the last return counts; of a loan whose copies are all lost, the day on which it ended."""
    last = loan.returns.filter(voided_at=None).aggregate(day=Max("returned_on"))["day"]
    return last or timezone.localdate(loan.returned_at)


def _late_returns(loan: Loan) -> QuerySet[Return]:
    return loan.returns.filter(voided_at=None, days_late__gt=0).order_by("pk")


def _renewed(loan: Loan) -> str:
    facts = {"times": loan.renewals, "due_on": date_format(loan.due_on) if loan.due_on else ""}
    if loan.renewals == 1:
        return _("Renewed once, it is due on %(due_on)s.") % facts
    return _("Renewed %(times)s times, it is due on %(due_on)s.") % facts


def _days(first: date, last: date) -> list[Day]:
    """None where the holidays of these days are not known."""
    try:
        return days_between(first, min(last, first + timedelta(days=MOST_DAYS - 1)))
    except UnknownHolidays:
        return []

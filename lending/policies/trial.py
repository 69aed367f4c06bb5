"""What comes of a policy: a loan that is made under it, in words."""

from datetime import datetime
from itertools import chain

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.days.late_days import SUSPENDING
from lending.calendar.due_dates import NoOpenDay
from lending.calendar.memory import calendar_in_force
from lending.models import Policy
from lending.policies.due_dates import due_date
from lending.policies.loan_rules import is_for_loan
from lending.policies.sentences import holds, items, late_returns, limits, period, renewals
from lending.policies.table import policies_now
from lending.policy_fields import Rules

SUSPENDS_NOBODY = gettext_lazy("With this nobody is suspended: say that late returns cost a fine or lead to nothing.")
OF_SUSPENSIONS = {"late.as", "late.suspension_factor", "late.suspension_extra_days", "late.suspension_max_days"}


def suspends_nobody(policy: Policy, now: datetime) -> str | None:
    """The rule by which a suspension that the policy itself is about has no day; None where it has some."""
    if not OF_SUSPENSIONS & policy.given.keys():
        return None
    day = max(policy.valid_from, timezone.localdate(now))
    for_some = policy.category or policy.copy_type
    late = (policies_now().shown(policy, day).rules if for_some else Rules.of(policy.given)).late
    if late.as_ not in SUSPENDING:
        return None
    if late.suspension_factor == 0 and late.suspension_extra_days <= 0:
        return "late.suspension_factor"
    return "late.suspension_max_days" if late.suspension_max_days == 0 else None


def trial_of(policy: Policy, now: datetime) -> list[str]:
    """A loan on the policy's first day, or today where it is in force: until when, how often renewed, how much."""
    day = max(policy.valid_from, timezone.localdate(now))
    rules = policies_now().shown(policy, day).rules
    who = {
        "who": policy.category or _("everybody"),
        "what": policy.copy_type or _("everything"),
        "day": date_format(day),
    }
    about = _("For %(who)s and %(what)s on %(day)s:") % who
    if not is_for_loan(rules):
        return [about, _("Not for loan.")]
    try:
        due_on = due_date(calendar_in_force(), rules.loan, borrowed_on=day, last_day=None)
    except NoOpenDay as refusal:
        return [about, str(refusal)]
    what = (renewals(rules), limits(rules), holds(rules), items(rules), late_returns(rules))
    return [about, period(rules, day, due_on, by_policy=due_on), *chain.from_iterable(what)]

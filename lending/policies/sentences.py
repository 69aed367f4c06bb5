"""Policies in words that patrons and librarians read: for previews, dry runs and explanations."""

from collections.abc import Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lending.policy_fields import Rules


def which_policy(valid_from: date | None, category: str, copy_type: str, *, adopted: bool = True) -> str:
    """Which policy decided."""
    if not adopted:
        return _("No policy says anything else, so the rules hold that hold without any.")
    facts = {"category": category or _("everybody"), "copy_type": copy_type or _("everything")}
    if valid_from is None:
        return _("The policy for %(category)s and %(copy_type)s that holds from the beginning decides.") % facts
    day = {"day": date_format(valid_from)}
    return _("The policy for %(category)s and %(copy_type)s from %(day)s on decides.") % {**facts, **day}


def period(rules: Rules, borrowed_on: date, due_on: date) -> str:
    """From when to when a loan is."""
    days = {"days": rules.loan.days, "borrowed_on": date_format(borrowed_on), "due_on": date_format(due_on)}
    if rules.loan.first_day == "same":
        sentence = _("Borrowed on %(borrowed_on)s for %(days)s days, that day included, it is due on %(due_on)s.")
    else:
        sentence = _("Borrowed on %(borrowed_on)s for %(days)s days from the day after, it is due on %(due_on)s.")
    return sentence % days


def renewals(rules: Rules) -> Iterator[str]:
    """How often a loan may be renewed, for how long, and when not."""
    renewal = rules.renewal
    if renewal.max == 0:
        yield _("It can't be renewed.")
        return
    sentence = _("It may be renewed %(times)s times, by %(days)s days each.")
    if renewal.max is None:
        sentence = _("It may be renewed any number of times, by %(days)s days each.")
    elif renewal.max == 1:
        sentence = _("It may be renewed once, by %(days)s days.")
    yield sentence % {"days": rules.loan.days if renewal.days is None else renewal.days, "times": renewal.max}
    if renewal.from_ == "today":
        yield _("A renewal counts from its own day.")
    if not renewal.on_loan_day:
        yield _("It can't be renewed on the day of the loan.")
    if renewal.earliest_days_before_due is not None:
        yield _("It can be renewed in the last %(days)s days only.") % {"days": renewal.earliest_days_before_due}
    if not renewal.while_other_overdue:
        yield _("It can't be renewed while anything is overdue.")


def limits(rules: Rules) -> Iterator[str]:
    """How much may be out."""
    loan = rules.loan
    if loan.max_copies is not None:
        yield _("At most %(copies)s copies may be out.") % {"copies": loan.max_copies}
    if loan.max_of_type is not None:
        yield _("At most %(copies)s copies of the type may be out.") % {"copies": loan.max_of_type}
    if loan.again_after_days is None:
        yield _("The same copy is never lent to the same patron again.")
    elif loan.again_after_days:
        yield _("The same copy is lent to the same patron again after %(days)s days.") % {"days": loan.again_after_days}

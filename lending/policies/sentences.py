"""Policies in words that patrons and librarians read: for previews, dry runs and explanations."""

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lending.policies.families import FamilyShare
from lending.policy_fields import Rules

LATE_AS: Mapping[str, Promise] = {
    "fine": gettext_lazy("What comes back late costs a fee."),
    "suspension": gettext_lazy("Who brings something back late borrows nothing for the days that it was late."),
    "both": gettext_lazy("What comes back late costs a fee, and nothing is lent for the days that it was late."),
    "nothing": gettext_lazy("What comes back late costs nothing."),
}


def which_policy(valid_from: date | None, category: str, copy_type: str, *, adopted: bool = True) -> str:
    """Which policy decided."""
    if not adopted:
        return _("No policy says anything else, so the rules hold that hold without any.")
    facts = {"category": category or _("everybody"), "copy_type": copy_type or _("everything")}
    if valid_from is None:
        return _("The policy for %(category)s and %(copy_type)s that holds from the beginning decides.") % facts
    day = {"day": date_format(valid_from)}
    return _("The policy for %(category)s and %(copy_type)s from %(day)s on decides.") % {**facts, **day}


def period(rules: Rules, borrowed_on: date, due_on: date, by_policy: date | None) -> str:
    """From when to when a loan is, and the day that its policy alone would give it, where that is another one or none:
    a term was typed, the due date was moved, or the card ends."""
    facts = {"days": rules.loan.days, "borrowed_on": date_format(borrowed_on), "due_on": date_format(due_on)}
    if by_policy is None:
        sentence = _("Borrowed on %(borrowed_on)s, it is due on %(due_on)s.")
    elif by_policy != due_on:
        sentence = _("Borrowed on %(borrowed_on)s, it is due on %(due_on)s; by the rules alone it would be %(rules)s.")
        facts["rules"] = date_format(by_policy)
    elif rules.loan.first_day == "same":
        sentence = ngettext(
            "Borrowed on %(borrowed_on)s for %(days)s day, that day included, it is due on %(due_on)s.",
            "Borrowed on %(borrowed_on)s for %(days)s days, that day included, it is due on %(due_on)s.",
            rules.loan.days,
        )
    else:
        sentence = ngettext(
            "Borrowed on %(borrowed_on)s for %(days)s day from the day after, it is due on %(due_on)s.",
            "Borrowed on %(borrowed_on)s for %(days)s days from the day after, it is due on %(due_on)s.",
            rules.loan.days,
        )
    return sentence % facts


def renewals(rules: Rules) -> Iterator[str]:
    """How often a loan may be renewed, for how long, and when not."""
    renewal = rules.renewal
    if renewal.max == 0:
        yield _("It can't be renewed.")
        return
    days = rules.loan.days if renewal.days is None else renewal.days
    sentence = ngettext(
        "It may be renewed %(times)s times, by %(days)s day each.",
        "It may be renewed %(times)s times, by %(days)s days each.",
        days,
    )
    if renewal.max is None:
        sentence = ngettext(
            "It may be renewed any number of times, by %(days)s day each.",
            "It may be renewed any number of times, by %(days)s days each.",
            days,
        )
    elif renewal.max == 1:
        sentence = ngettext(
            "It may be renewed once, by %(days)s day.", "It may be renewed once, by %(days)s days.", days
        )
    yield sentence % {"days": days, "times": renewal.max}
    if renewal.from_ == "today":
        yield _("A renewal counts from its own day.")
    if not renewal.on_loan_day:
        yield _("It can't be renewed on the day of the loan.")
    if renewal.earliest_days_before_due is not None:
        yield ngettext(
            "It can be renewed in the last %(days)s day only.",
            "It can be renewed in the last %(days)s days only.",
            renewal.earliest_days_before_due,
        ) % {"days": renewal.earliest_days_before_due}
    if not renewal.while_other_overdue:
        yield _("It can't be renewed while anything is overdue.")


def holds(rules: Rules) -> Iterator[str]:
    """How many holds one may have, and how long what is ready is kept."""
    hold = rules.hold
    if hold.max == 0:
        yield _("Nothing can be put on hold.")
        return
    if hold.max is None:
        yield _("Any number of books may be on hold.")
    else:
        yield ngettext(
            "At most %(books)s book may be on hold.", "At most %(books)s books may be on hold.", hold.max
        ) % {"books": hold.max}
    if hold.pickup_counts == "open_days":
        yield ngettext(
            "What is ready is kept for %(days)s open day.",
            "What is ready is kept for %(days)s open days.",
            hold.pickup_days,
        ) % {"days": hold.pickup_days}
    else:
        yield ngettext(
            "What is ready is kept for %(days)s day.", "What is ready is kept for %(days)s days.", hold.pickup_days
        ) % {"days": hold.pickup_days}


def limits(rules: Rules, family: FamilyShare | None = None) -> Iterator[str]:
    """How much may be out; for who is in a family, what all may have together."""
    loan = rules.loan
    if family and family.max_copies is not None:
        yield ngettext(
            "The family may have at most %(copies)s copy out together.",
            "The family may have at most %(copies)s copies out together.",
            family.max_copies,
        ) % {"copies": family.max_copies}
    if not family and loan.max_copies is not None:
        yield ngettext(
            "At most %(copies)s copy may be out.", "At most %(copies)s copies may be out.", loan.max_copies
        ) % {"copies": loan.max_copies}
    if loan.max_of_type is not None:
        yield ngettext(
            "At most %(copies)s copy of the type may be out.",
            "At most %(copies)s copies of the type may be out.",
            loan.max_of_type,
        ) % {"copies": loan.max_of_type}
    if loan.again_after_days is None:
        yield _("The same copy is never lent to the same patron again.")
    elif loan.again_after_days:
        yield ngettext(
            "The same copy is lent to the same patron again after %(days)s day.",
            "The same copy is lent to the same patron again after %(days)s days.",
            loan.again_after_days,
        ) % {"days": loan.again_after_days}


def items(rules: Rules) -> Iterator[str]:
    """What becomes of accompanying items, where it is not what holds without any policy."""
    if not rules.items.lend:
        yield _("Accompanying items are not lent.")
        return
    if rules.items.count:
        yield _("Each accompanying item counts as a copy.")
    if not rules.items.must_return:
        yield _("Accompanying items need not come back.")
    if rules.items.late:
        yield _("Each accompanying item makes one more late copy.")


def late_returns(rules: Rules) -> Iterator[str]:
    """What a late return leads to."""
    late = rules.late
    yield str(LATE_AS[late.as_])
    if late.as_ == "nothing":
        return
    if late.counts == "open_days":
        yield _("Only days on which the library is open count as late.")
    if late.grace_days:
        yield ngettext(
            "Up to %(days)s day late counts as none; whoever is later is late for all of them.",
            "Up to %(days)s days late count as none; whoever is later is late for all of them.",
            late.grace_days,
        ) % {"days": late.grace_days}
    if late.as_ == "fine":
        return
    how = _("Of several late copies the longest counts.") if late.suspension == "longest" else _("The days add up.")
    yield how
    if late.suspension_factor != 1 or late.suspension_extra_days:
        days = {"factor": late.suspension_factor, "extra": late.suspension_extra_days}
        yield _("Days of a suspension: %(factor)s for each day late, and %(extra)s more.") % days
    if late.suspension_max_days is not None:
        yield ngettext(
            "One return suspends for %(days)s day at most.",
            "One return suspends for %(days)s days at most.",
            late.suspension_max_days,
        ) % {"days": late.suspension_max_days}


def came_back_late(returned_on: date, days_late: int, days_counted: int) -> str:
    """How late a return was."""
    days = {"day": date_format(returned_on), "late": days_late, "counted": days_counted}
    return (
        ngettext(
            "Brought back on %(day)s: %(late)s day late; days that count: %(counted)s.",
            "Brought back on %(day)s: %(late)s days late; days that count: %(counted)s.",
            days_late,
        )
        % days
    )

"""What a borrow would come to: the same rules and the same options, and nothing is locked, changed or announced."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.refusals import Refused
from lending.checkout.options import Option, options_for
from lending.checkout.wanted import Wanted
from lending.holds.borrowing import own_holds
from lending.policies.due_dates import due_date, due_date_of_policy
from lending.policies.eligibility import eligibility_shown
from lending.policies.loan_rules import is_for_loan
from lending.policies.sentences import items, limits, period, renewals, which_policy


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """Until when it would be lent, None where it is not for loan; every rule against it; and why, in sentences."""

    due_on: date | None
    reasons: Sequence[Refused]
    explanation: Sequence[str]


def try_borrowing(
    *,
    patron_id: int,
    book_id: int,
    now: datetime,
    quantity: int = 1,
    barcode: str = "",
    borrowed_on: date | None = None,
    due_on: date | None = None,
    volume: str | None = None,
    override: Collection[str] = (),
) -> DryRun:
    """What `borrow_book` would do with the same words. Raises `Book.DoesNotExist`."""
    patron = eligibility_shown(patron_id, timezone.localdate(now))
    wanted = Wanted(
        patron_id=patron_id,
        book_id=book_id,
        quantity=quantity,
        day=borrowed_on or timezone.localdate(now),
        barcode=barcode,
        volume=volume,
        own=own_holds(patron_id, book_id, patron.day, is_locked=False),
        override=override,
    )
    option = options_for(wanted, patron, locked=False)[0]
    rules, last_day = option.decision.rules, patron.borrower.expires_on
    codes = {reason.code for reason in option.reasons}
    if not due_on and "no_open_day" not in codes and (is_for_loan(rules) or "not_for_loan" not in codes):
        due_on = due_date(patron.calendar, rules.loan, borrowed_on=wanted.day, last_day=last_day)
    return DryRun(due_on=due_on, reasons=option.reasons, explanation=_explained(option, due_on))


def _explained(option: Option, due_on: date | None) -> list[str]:
    rules, policy = option.decision.rules, option.decision.policy
    patron, day = option.asked.patron, option.wanted.day
    said = [
        which_policy(policy.begins_on, policy.category, policy.copy_type)
        if policy
        else which_policy(None, "", "", adopted=False)
    ]
    if due_on:
        by_policy = due_date_of_policy(patron.calendar, rules.loan, borrowed_on=day)
        said += [period(rules, day, due_on, by_policy), *renewals(rules)]
    if option.copy and option.asked.items:
        said.append(_("What goes along: %(items)s.") % {"items": ", ".join(option.copy.items_there)})
    limited = limits(rules, patron.family)
    return [*said, *limited, *items(rules), *map(str, option.reasons)]

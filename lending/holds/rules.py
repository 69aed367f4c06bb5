"""The rules against a hold, in their order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.refusals import Refused
from lending.holds.refusals import AlreadyHeld, CopyAvailable, HoldLimitReached, HoldsPaused, OnLoanToYou, QueueFull
from lending.policies.asked import Asked
from lending.policies.eligibility import Eligibility
from lending.policies.loan_rules import (
    card_closed,
    card_expired,
    card_lost,
    is_for_loan,
    overdue_copies,
    patron_blocked,
    suspended,
)
from lending.policies.refusals import NotForLoan
from lending.policy_fields import HoldRules

BARRED = (card_closed, card_expired, card_lost, patron_blocked, suspended, overdue_copies)
"""What bars a patron from a hold, and lets the others who wait pass."""


@dataclass(frozen=True, kw_only=True)
class HoldAsked:
    """A hold that somebody wants to place: what there is of the book, or of the volume of it, and who waits.

    `for_loan` is whether there is a copy that this patron may have some day, `available` whether one stands on the
    shelf; `copies` are those that may be lent some day, `in_queue` all open holds. `paused_until` is the last day.
    """

    patron: Eligibility
    rules: HoldRules
    own_holds: int
    is_held: bool
    has_it: bool
    for_loan: bool
    available: bool
    copies: int
    in_queue: int
    paused_until: date | None = None


def holds_paused(asked: HoldAsked) -> Refused | None:
    """Who left holds uncollected."""
    return HoldsPaused(until=asked.paused_until) if asked.paused_until else None


def hold_limit_reached(asked: HoldAsked) -> Refused | None:
    """Everything counts that waits, is suspended or ready."""
    limit = asked.rules.max
    too_many = limit is not None and asked.own_holds >= limit
    return HoldLimitReached(limit=limit, holds=asked.own_holds) if too_many else None


def already_held(asked: HoldAsked) -> Refused | None:
    """One place in a queue for each patron."""
    return AlreadyHeld() if asked.is_held else None


def on_loan_to_you(asked: HoldAsked) -> Refused | None:
    """What a patron has."""
    return OnLoanToYou() if asked.has_it else None


def not_for_loan(asked: HoldAsked) -> Refused | None:
    """There must be a copy that the patron may have some day."""
    return None if asked.for_loan else NotForLoan()


def copy_available(asked: HoldAsked) -> Refused | None:
    """What stands on the shelf is borrowed and not held, unless the policy says otherwise."""
    return CopyAvailable() if asked.available and not asked.rules.on_shelf else None


def queue_full(asked: HoldAsked) -> Refused | None:
    """So many for each copy, and so many for the book at the most."""
    per_copy, per_book = asked.rules.per_copy, asked.rules.per_book
    of_copies = None if per_copy is None else per_copy * asked.copies
    limits = [limit for limit in (of_copies, per_book) if limit is not None]
    full = bool(limits) and asked.in_queue >= min(limits)
    return QueueFull(limit=min(limits), holds=asked.in_queue) if full else None


HOLD_RULES: Sequence[Callable[[HoldAsked], Refused | None]] = (
    holds_paused,
    hold_limit_reached,
    already_held,
    on_loan_to_you,
    not_for_loan,
    copy_available,
    queue_full,
)


def reasons_against(asked: HoldAsked) -> list[Refused]:
    """Every rule that is against the hold, in the order of the rules."""
    own = (rule(asked) for rule in HOLD_RULES)
    return [refusal for refusal in (*_against_patron(asked.patron), *own) if refusal]


def is_lent_to(patron: Eligibility, copy_type: str) -> bool:
    """Whether the policies lend copies of that type to the patron at all."""
    return is_for_loan(patron.decision(copy_type).rules)


def is_barred(patron: Eligibility) -> bool:
    """Whether a patron who waits is passed over."""
    return any(_against_patron(patron))


def paused_until(no_shows: Sequence[date], rules: HoldRules, today: date) -> date | None:
    """The last day of the pause that holds today for holds that were not collected; `no_shows` are the days behind
    their last ones. Those that led to a pause count no more."""
    if not rules.no_shows or not rules.pause_days:
        return None
    last, counted = None, list[date]()
    for day in sorted(no_shows):
        within = rules.no_shows_within_days
        counted = [one for one in counted if within is None or one > day - timedelta(days=within)] + [day]
        if len(counted) >= rules.no_shows:
            last, counted = day + timedelta(days=rules.pause_days - 1), []
    return last if last and last >= today else None


def _against_patron(patron: Eligibility) -> list[Refused | None]:
    rules = patron.decision("").rules
    asked = Asked(patron=patron, rules=rules, kept=rules, quantity=1, day=patron.day)
    return [rule(asked) for rule in BARRED]

"""The rules against a loan, in their order: small functions, each with a refusal that has its sentence."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import takewhile

from kernel.refusals import Refused
from lending.calendar.due_dates import NoOpenDay
from lending.policies.asked import Asked
from lending.policies.due_dates import due_date, leaves_a_day
from lending.policies.eligibility import Eligibility
from lending.policies.refusals import (
    CardClosed,
    CardExpired,
    CardLost,
    CopyNotForLoan,
    FamilyLimitReached,
    FamilyLimitWithItems,
    FamilyNeverAgain,
    FamilyTooSoonAgain,
    LoanLimitReached,
    LoanLimitWithItems,
    NeverAgain,
    NotForLoan,
    OverdueCopies,
    PatronBarred,
    PatronBarredUntil,
    PatronBlocked,
    Suspended,
    TooSoonAgain,
    TypeLimitReached,
    TypeLimitWithItems,
)
from lending.policies.stock_rules import copy_not_lendable, held_for_another, out_of_stock
from lending.policy_fields import Rules


def card_closed(asked: Asked) -> Refused | None:
    """A card that is not active borrows nothing."""
    return None if asked.patron.borrower.is_active else CardClosed()


def card_expired(asked: Asked) -> Refused | None:
    """A card borrows up to its last day, and what is due by then can be brought back."""
    last_day = asked.patron.borrower.expires_on
    if last_day is None or (asked.day <= last_day and _leaves_a_day(asked, last_day)):
        return None
    return CardExpired(expires_on=last_day)


def card_lost(asked: Asked) -> Refused | None:
    """Nothing goes out on a card that may be in other hands."""
    return CardLost() if asked.patron.borrower.is_card_lost else None


def patron_blocked(asked: Asked) -> Refused | None:
    """Whom a librarian barred; and who owes so much must pay first."""
    if barred := barred_by_hand(asked.patron):
        return barred
    owed, limit = asked.patron.owed, asked.patron.block.debt_from
    return PatronBlocked(owed=owed, limit=limit) if limit is not None and owed >= limit else None


def suspended(asked: Asked) -> Refused | None:
    """Who brought something back late, from the first to the last day of the suspension."""
    until = asked.patron.suspended_to
    return Suspended(until=until) if until else None


def overdue_copies(asked: Asked) -> Refused | None:
    """Whose copies are overdue: any, so many of them, or one for so long, as the policy says."""
    block, late = asked.patron.block, asked.patron.overdue
    if not late:
        return None
    oldest = (asked.patron.day - min(copy.due_on for copy in late)).days
    too_many = block.overdue_copies is not None and len(late) >= block.overdue_copies
    too_long = block.overdue_days is not None and oldest >= block.overdue_days
    return OverdueCopies(copies=len(late), days=oldest) if block.while_overdue or too_many or too_long else None


def loan_limit_reached(asked: Asked) -> Refused | None:
    """Everything counts that is out or asked for."""
    limit, out = asked.patron.max_copies(asked.rules.loan), asked.patron.taken
    if limit is None or out + asked.counts <= limit:
        return None
    facts = {"limit": limit, "out": out, "more": asked.counts}
    if asked.patron.family:
        return FamilyLimitWithItems(**facts) if asked.counted_items else FamilyLimitReached(**facts)
    return LoanLimitWithItems(**facts) if asked.counted_items else LoanLimitReached(**facts)


def type_limit_reached(asked: Asked) -> Refused | None:
    """What is out of the type of the copies that are asked for; those without a type are a type too."""
    limit, out = asked.rules.loan.max_of_type, asked.patron.out_of_type(asked.copy_type)
    if limit is None or out + asked.counts <= limit:
        return None
    return (TypeLimitWithItems if asked.counted_items else TypeLimitReached)(limit=limit, out=out, more=asked.counts)


def not_for_loan(asked: Asked) -> Refused | None:
    """The copy itself, or its type for this category; a loan of no days is no loan."""
    if not asked.copy_for_loan:
        return CopyNotForLoan(barcode=asked.barcode)
    return None if is_for_loan(asked.rules) else NotForLoan()


def too_soon_again(asked: Asked) -> Refused | None:
    """The same copy rests so many days before the same patron has it again, or anybody of the family."""
    back_on, days = asked.back_on, asked.rules.loan.again_after_days
    of_family = asked.patron.family and asked.rules.loan.again_family
    if back_on is None:
        return None
    if days is None:
        return FamilyNeverAgain() if of_family else NeverAgain()
    from_day = back_on + timedelta(days=days)
    if asked.day >= from_day:
        return None
    return (FamilyTooSoonAgain if of_family else TooSoonAgain)(back_on=back_on, from_day=from_day)


def no_open_day(asked: Asked) -> Refused | None:
    """There must be an open day to bring it back on."""
    try:
        due_date(asked.patron.calendar, asked.kept.loan, borrowed_on=asked.day, last_day=None)
    except NoOpenDay as refusal:
        return refusal
    return None


LOAN_RULES: Sequence[Callable[[Asked], Refused | None]] = (
    card_closed,
    card_expired,
    card_lost,
    patron_blocked,
    suspended,
    overdue_copies,
    loan_limit_reached,
    type_limit_reached,
    not_for_loan,
    too_soon_again,
    no_open_day,
    out_of_stock,
    held_for_another,
    copy_not_lendable,
)

OF_THE_PATRON = tuple(takewhile(lambda rule: rule is not type_limit_reached, LOAN_RULES))
"""Those that ask about the patron alone, whatever is to be lent."""


def reasons_against(asked: Asked) -> list[Refused]:
    """Every rule that is against the loan, in the order of the rules."""
    return [refusal for rule in LOAN_RULES if (refusal := rule(asked))]


def barred_by_hand(patron: Eligibility) -> Refused | None:
    """The refusal for a patron whom a librarian barred, to the last day."""
    until = patron.blocked_to
    if until is None:
        return None
    return PatronBarred() if until == date.max else PatronBarredUntil(until=until)


def _leaves_a_day(asked: Asked, last_day: date) -> bool:
    return leaves_a_day(asked.patron.calendar, asked.kept.loan, borrowed_on=asked.day, last_day=last_day)


def is_for_loan(rules: Rules) -> bool:
    """Whether the policy lends at all."""
    return rules.loan.for_loan and rules.loan.days > 0

"""Adopting the dated rules of lending, and what they refuse."""

from datetime import date

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from lending.models import Loan, LoanPolicy
from lending.policies.eligibility import Eligibility


class LoanLimitReached(Refused):
    code = "loan_limit_reached"
    sentence = _("A patron may have %(limit)s copies out; %(out)s are out or asked for already.")


class PatronBlocked(Refused):
    code = "patron_blocked"
    sentence = _("Borrowing is blocked until fines are paid: %(owed)s are owed, the limit is %(limit)s.")
    amounts = ("owed", "limit")


class PolicyExists(Refused):
    code = "policy_exists"
    sentence = _("There is a loan policy from %(valid_from)s on already; choose another day.")


@atomic_in("lending")
def adopt_policy(*, valid_from: date, **rules: int) -> LoanPolicy:
    """Sets the rules of lending from a day on; a rule left out has its default. Loans made before keep their due dates.

    `rules` are fields of `LoanPolicy`. Raises `PolicyExists`.
    """
    try:
        with atomic_in("lending"):
            return LoanPolicy.objects.create(valid_from=valid_from, **rules)
    except IntegrityError as error:
        raise PolicyExists(valid_from=valid_from) from error


def policy_refusal(loan: Loan, patron: Eligibility) -> Refused | None:
    """Why this patron may not have this loan too; None if no rule is against it."""
    policy, out = patron.policy, patron.out + patron.requested
    if patron.owed >= policy.blocked_from:
        return PatronBlocked(owed=patron.owed, limit=policy.blocked_from)
    if out + loan.quantity > policy.max_copies:
        return LoanLimitReached(limit=policy.max_copies, out=out)
    return None

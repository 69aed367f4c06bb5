"""Adopting the dated rules of lending, and what they refuse."""

from datetime import date, datetime

from django.db import IntegrityError
from django.utils import timezone
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


class PolicyInThePast(Refused):
    code = "in_the_past"
    sentence = _("Rules hold from today on or later; %(valid_from)s is past, and loans made by then keep theirs.")


class PolicyInForce(PolicyInThePast):
    sentence = _("The rules of %(valid_from)s are in force; adopt others instead, from today on or later.")


@atomic_in("lending")
def adopt_policy(*, valid_from: date, now: datetime, **rules: int) -> LoanPolicy:
    """Sets the rules of lending from a day on; a rule left out has its default. Loans made before keep their due dates.

    `rules` are fields of `LoanPolicy`. The first policy of an installation may hold from any day. Raises
    `PolicyInThePast` and `PolicyExists`.
    """
    if valid_from < timezone.localdate(now) and LoanPolicy.objects.exists():
        raise PolicyInThePast(valid_from=valid_from)
    try:
        with atomic_in("lending"):
            return LoanPolicy.objects.create(valid_from=valid_from, **rules)
    except IntegrityError as error:
        raise PolicyExists(valid_from=valid_from) from error


@atomic_in("lending")
def revoke_policy(policy_id: int, *, now: datetime) -> None:
    """Revokes rules that are not in force yet. Raises `LoanPolicy.DoesNotExist` and `PolicyInForce`."""
    policy = LoanPolicy.objects.select_for_update().get(pk=policy_id)
    if policy.valid_from <= timezone.localdate(now):
        raise PolicyInForce(valid_from=policy.valid_from)

    policy.delete()


def policy_refusal(loan: Loan, patron: Eligibility) -> Refused | None:
    """Why this patron may not have this loan too; None if no rule is against it."""
    policy, out = patron.policy, patron.out + patron.requested
    if patron.owed >= policy.blocked_from:
        return PatronBlocked(owed=patron.owed, limit=policy.blocked_from)
    if out + loan.quantity > policy.max_copies:
        return LoanLimitReached(limit=policy.max_copies, out=out)
    return None

"""What counts of a family where its members borrow. Read after the family was locked, or only to be shown."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, Count, Q, QuerySet, Sum, Value

from lending.models import Loan, LoanLine
from lending.policies.borrowers import Borrower, borrowers
from lending.policies.table import PolicyTable

REQUESTED = -1
"""In the place of the number of items of what is only asked for."""


@dataclass(frozen=True, kw_only=True)
class FamilyShare:
    """The members of a family with the copies that each has out, how many they have out or have asked for together, and
    how many they may: the sum of what each category's policy says, None where one has no limit."""

    family_id: int
    members: frozenset[int]
    copies_out: Mapping[int, int]
    taken: int
    max_copies: int | None


def family_share(
    family_id: int,
    members: frozenset[int],
    policies: PolicyTable,
    day: date,
    known: Mapping[int, Borrower],
    *,
    before: int | None = None,
) -> FamilyShare:
    """What counts of a family on a day; of its requests only those earlier than the loan `before`, if one is named. Of
    members who are `known` nothing is asked."""
    people = {member: known[member] for member in members & known.keys()}
    people |= borrowers(members - people.keys()) if members - people.keys() else {}
    earlier = Q(pk__lt=before) if before else Q()
    requested = Loan.objects.filter(earlier, patron__in=members, status=Loan.Status.REQUESTED)
    out, asked_for = _out_and_requested(people, requested, policies, day)
    return FamilyShare(
        family_id=family_id,
        members=members,
        copies_out=out,
        taken=out.total() + asked_for,
        max_copies=sum_of_limits(people, policies, day),
    )


def _out_and_requested(
    members: Mapping[int, Borrower], requested: QuerySet[Loan], policies: PolicyTable, day: date
) -> tuple[Counter[int], int]:
    """How many copies each of these patrons has that count on a day, by the policy of the own category, and how many
    are asked for; one statement."""
    out = LoanLine.objects.filter(ending="", loan__patron__in=members, loan__status=Loan.Status.ACTIVE)
    rows = out.values_list("loan__patron", "loan__terms__copy_type").annotate(n=Count("pk"), items=Sum("items"))
    asked = requested.values_list("patron", Value(None, CharField())).annotate(
        n=Sum("quantity"), items=Value(REQUESTED)
    )
    found, asked_for = Counter[int](), 0
    for patron, copy_type, copies, items in rows.order_by().union(asked.order_by(), all=True):
        if items == REQUESTED:
            asked_for += copies
            continue
        rules = policies.deciding(members[patron].category, copy_type or "", day).rules
        found[patron] += copies + (items if rules.items.count else 0)
    return found, asked_for


def sum_of_limits(members: Mapping[int, Borrower], policies: PolicyTable, day: date) -> int | None:
    """How many copies these members may have together."""
    limits = [policies.deciding(member.category, "", day).rules.loan.max_copies for member in members.values()]
    return None if None in limits else sum(limit or 0 for limit in limits)

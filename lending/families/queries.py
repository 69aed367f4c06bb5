"""What can be told of families."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from lending.models import Family, Patron
from lending.policies.borrowers import borrowers
from lending.policies.families import copies_out_of, members_of, sum_of_limits
from lending.policies.table import policies_now


@dataclass(frozen=True, kw_only=True)
class FamilyOfPatron:
    """A family with what each member has out, by the member's id, and how many copies all may have together, None for
    any number."""

    family: Family
    copies_out: dict[int, int]
    max_copies: int | None

    @property
    def out(self) -> int:
        """How many copies the family has out."""
        return sum(self.copies_out.values())


def families() -> QuerySet[Family]:
    """All families with their members."""
    members = Patron.objects.order_by("pk")
    return Family.objects.prefetch_related(Prefetch("members", members)).order_by("-pk")


def family_of(patron_id: int, today: date) -> FamilyOfPatron | None:
    """The family of a patron, if there is one."""
    family = Family.objects.filter(members=patron_id).first()
    if family is None:
        return None
    members = members_of(family.pk)
    people, policies = borrowers(members), policies_now()
    out = copies_out_of(people, policies, today)
    return FamilyOfPatron(
        family=family,
        copies_out={member: out[member] for member in sorted(members)},
        max_copies=sum_of_limits(people, policies, today),
    )

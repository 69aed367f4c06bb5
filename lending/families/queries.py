"""What can be told of families."""

from django.db.models import Prefetch, QuerySet

from lending.models import Family, Patron


def families() -> QuerySet[Family]:
    """All families with their members."""
    members = Patron.objects.order_by("pk")
    return Family.objects.prefetch_related(Prefetch("members", members)).order_by("-pk")


def family_of(patron_id: int) -> tuple[str, frozenset[int]]:
    """What a patron's family is called, and the ids of its members; nothing of who has none."""
    members = dict(Patron.objects.filter(family__members=patron_id).values_list("pk", "family__name"))
    return next(iter(members.values()), ""), frozenset(members)


def members_of(family_id: int) -> frozenset[int]:
    """The ids of a family's members."""
    return frozenset(Patron.objects.filter(family=family_id).values_list("pk", flat=True))

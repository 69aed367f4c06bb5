"""What can be told of families."""

from django.db.models import Prefetch, QuerySet

from lending.models import Family, Patron


def families() -> QuerySet[Family]:
    """All families with their members."""
    members = Patron.objects.order_by("pk")
    return Family.objects.prefetch_related(Prefetch("members", members)).order_by("-pk")


def name_of_family(family_id: int) -> str:
    """What a family is called. Raises `Family.DoesNotExist`."""
    return Family.objects.only("name").get(pk=family_id).name

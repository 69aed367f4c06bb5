"""Reads of imports."""

from django.db.models import Count, QuerySet

from kernel.importing.kinds import Kind, kinds
from kernel.importing.models import Doubt, Import
from kernel.storage.databases import database_of


def imports_of(kind: Kind) -> QuerySet[Import]:
    """The imports of a kind, in its context's database."""
    return Import.objects.using(database_of(kind.context)).filter(kind=kind.name)


def open_doubts_of(run: Import) -> QuerySet[Doubt]:
    """What is still to be decided about an import's records."""
    return Doubt.objects.using(run._state.db).filter(run=run.pk, decision=Doubt.Decision.OPEN)


def open_doubts() -> dict[str, int]:
    """How many doubts are still to be decided, by the kind of import."""
    found = dict.fromkeys(kinds(), 0)
    for alias in {database_of(kind.context) for kind in kinds().values()}:
        doubts = Doubt.objects.using(alias).filter(decision=Doubt.Decision.OPEN).order_by()
        found |= dict(doubts.values_list("run__kind").annotate(Count("pk")))
    return found

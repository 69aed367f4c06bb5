"""Reads of imports."""

from django.db.models import QuerySet

from kernel.importing.kinds import Kind
from kernel.importing.models import Doubt, Import
from kernel.storage.databases import database_of


def imports_of(kind: Kind) -> QuerySet[Import]:
    """The imports of a kind, in its context's database."""
    return Import.objects.using(database_of(kind.context)).filter(kind=kind.name)


def open_doubts_of(run: Import) -> QuerySet[Doubt]:
    """What is still to be decided about an import's records."""
    return Doubt.objects.using(run._state.db).filter(run=run.pk, decision=Doubt.Decision.OPEN)

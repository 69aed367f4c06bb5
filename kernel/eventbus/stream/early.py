"""Events without a position: committed a moment ago, or written by an import that still waits for its numbers."""

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from kernel.eventbus.models import Event

BY_INDEX = {"postgresql": "", "sqlite": "INDEXED BY event_unnumbered"}
"""Behind the name of the table. Where `ANALYZE` was run while hardly any event had a position, SQLite would read the
whole log for them else."""
ON_SQLITE = RawSQL("SELECT id FROM eventbus_event INDEXED BY event_unnumbered WHERE position IS NULL", ())


def early_events(alias: str) -> QuerySet[Event]:
    """Those of one database's log."""
    here = Event.objects.using(alias)
    return here.filter(id__in=ON_SQLITE) if connections[alias].vendor == "sqlite" else here.filter(position=None)

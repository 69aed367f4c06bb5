"""Holds that ended long ago."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from kernel.eventbus.delivery.queries import pending_among
from lending.models import OPEN, Hold

BATCH = 5_000


def ended_holds(ended_before: datetime) -> QuerySet[Hold]:
    """Holds that ended before a moment, and are somebody's still."""
    return Hold.objects.exclude(OPEN).filter(ended_at__lt=ended_before).exclude(patron=None)


def next_ended(ended_before: datetime, after: int) -> list[tuple[int, int | None]]:
    """The next of these behind a hold, with their patrons."""
    found = ended_holds(ended_before).filter(pk__gt=after).order_by("pk")
    return list(found.values_list("pk", "patron")[:BATCH])


def processed(holds: Collection[int]) -> list[int]:
    """Those of which every handler has processed what was announced."""
    return sorted(set(holds) - pending_among("hold", list(holds)))

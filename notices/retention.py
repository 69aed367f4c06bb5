"""What notices keep for how long: what was sent for a year, and traces of what is over as long as other traces."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from notices.models import Cause, FineRow, GatewayPause, HoldRow, LoanRow, Notice

NOTICES_KEPT = timedelta(days=365)
BATCH = 500
OVER = ("collected", "cancelled", "expired")


def apply_retention(now: datetime) -> int:
    """Deletes what is not kept any longer, in small batches; returns how many rows there were."""
    before = now - timedelta(days=settings.KEEP_DAYS)
    old: list[QuerySet[Any]] = [
        Notice.objects.filter(made_at__lt=now - NOTICES_KEPT),
        Cause.objects.filter(due_at__lt=before, notice=None),
        LoanRow.objects.filter(changed_at__lt=before, outstanding=0),
        FineRow.objects.filter(changed_at__lt=before, owed=0),
        HoldRow.objects.filter(changed_at__lt=before, status__in=OVER),
        GatewayPause.objects.filter(until__lt=now),
    ]
    return sum(map(_delete, old))


def _delete(rows: QuerySet[Any]) -> int:
    deleted = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        rows.model._default_manager.filter(pk__in=keys).delete()
        deleted += len(keys)
    return deleted

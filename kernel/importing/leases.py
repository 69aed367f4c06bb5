"""Who works on an import: one worker or command at a time, for as long as its lease lasts."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from kernel.importing.models import Import

GOING_ON = (Import.Status.RUNNING, Import.Status.REVERTING)


class LeaseLostError(Exception):
    """Somebody else works on the import now: what was about to be written is not."""


def row_of(run: Import) -> QuerySet[Import]:
    """The import's row, in the database that it came from."""
    return Import.objects.using(run._state.db).filter(pk=run.pk)


def take_lease(run: Import, *, now: datetime, until: datetime) -> bool:
    """Whether the import is going on and nobody else's: until that moment it is the caller's."""
    free = row_of(run).filter(Q(lease_until=None) | Q(lease_until__lte=now), status__in=GOING_ON)
    if not free.update(lease_until=until, attempts=F("attempts") + 1):
        return False
    run.refresh_from_db()
    return run.lease_until == until


def renew_lease(run: Import, **values: Any) -> None:
    """Writes these values, a later `lease_until` among them, as the last statement of a batch's transaction.

    Raises `LeaseLostError`, so that the batch is rolled back. The instance stays as it is.
    """
    if not row_of(run).filter(lease_until=run.lease_until).update(attempts=0, **values):
        raise LeaseLostError


def release_lease(run: Import, **values: Any) -> bool:
    """Gives the lease back, and writes these values; whether it was still the caller's."""
    held = row_of(run).filter(lease_until=run.lease_until)
    return bool(held.update(lease_until=None, attempts=0, **values))

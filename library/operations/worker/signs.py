"""The sign by which anybody with the database can tell whether a worker runs."""

import time
from datetime import datetime, timedelta

from django.db import Error as DatabaseFault
from django.db import connections
from django.utils import timezone

from kernel.storage.databases import database_of
from library.models import WorkerSign

EVERY = 2
FRESH = timedelta(seconds=5)
WATCHED = 4.0
"""Seconds for which one is waited for where the last is older: a busy machine may be late."""
LOOK_AGAIN = 0.2


def show_sign(now: datetime) -> None:
    """Called by a cluster's sentinel process. Where the database is away the sign is left out."""
    try:
        WorkerSign.objects.bulk_create(
            [WorkerSign(pk=1, at=now)], update_conflicts=True, unique_fields=["id"], update_fields=["at"]
        )
    except DatabaseFault:
        connections[database_of("library")].close()  # the next sign has a new one


def last_sign() -> datetime | None:
    """When a worker last showed that it runs; None where none ever has."""
    return WorkerSign.objects.values_list("at", flat=True).first()


def a_worker_runs() -> bool:
    """Whether the last sign is fresh, or one comes while it is waited for."""
    seen, deadline = last_sign(), time.monotonic() + WATCHED
    while not _is_fresh(last := last_sign()) and last == seen:
        if time.monotonic() >= deadline:
            return False
        time.sleep(LOOK_AGAIN)
    return True


def _is_fresh(sign: datetime | None) -> bool:
    return sign is not None and abs(timezone.now() - sign) < FRESH

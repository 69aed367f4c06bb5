"""Failed attempts at requested loans and deferred returns: kept as rows, and tried again after growing pauses."""

import random
import traceback
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from kernel.storage.databases import atomic_in
from lending.models import FailedAttempt

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)


@atomic_in("lending")
def keep_failure(*, what: str, pk: int, error: Exception, now: datetime) -> int:
    """Keeps the error of the last attempt at a thing (`loan` or `deferred_return`), and when it is tried again; returns
    how many attempts have failed."""
    kept = {"failed_at": now, "not_before": now, "error": "".join(traceback.format_exception(error))[-10_000:]}
    thing: dict[str, Any] = {f"{what}_id": pk}
    failure, _ = FailedAttempt.objects.update_or_create(kept, **thing)
    FailedAttempt.objects.filter(pk=failure.pk).update(attempts=F("attempts") + 1)
    failure.refresh_from_db()
    failure.not_before = now + _pause(failure.attempts)
    failure.save(update_fields=["not_before"])
    return failure.attempts


def forget_failures(*, what: str, pks: Collection[int]) -> None:
    """These are done."""
    FailedAttempt.objects.filter(**{f"{what}__in": pks}).delete()


def _pause(attempts: int) -> timedelta:
    growing = FIRST_PAUSE * 2 ** min(attempts - 1, 20)
    return min(growing, LONGEST_PAUSE) * random.uniform(0.75, 1.25)  # noqa: S311  jitter, not a secret

"""Projection lag: how many seconds a context's read model is behind the event log, in a header of its answers."""

import time
from datetime import datetime
from typing import TypeVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.response import Response

from kernel.eventbus.models import Delivery
from kernel.eventbus.registry import handler_names, handlers_of
from kernel.storage.databases import in_each_database

CACHED_FOR = 2.0
"""Seconds for which a process keeps what it found, so that reading costs one statement in that time."""
NEGLIGIBLE = 2
"""Seconds of lag that are not reported."""
HEADER = "Library-Behind"
LAG_HEADER = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": "^[0-9]+$"},
    OpenApiParameter.HEADER,
    response=[200],
    description="Seconds: events as old as that are not in this answer yet. Left out while it is up to date.",
)
AnyResponse = TypeVar("AnyResponse", bound=Response)
_cache: dict[str, tuple[float, int]] = {}


def with_lag(response: AnyResponse, context: str) -> AnyResponse:
    """The answer, with the header while the context that gives it lags."""
    if lag := projection_lag(context):
        response[HEADER] = str(lag)
    return response


def projection_lag(context: str = "") -> int:
    """The age in seconds of the oldest event that waits for a context, or for any; 0 while that is negligible.

    Dead deliveries do not count. Deliveries are stored beside their events, so each database is asked.
    """
    looked_at, lag = _cache.get(context, (float("-inf"), 0))
    if time.monotonic() - looked_at > CACHED_FOR:
        _cache[context] = time.monotonic(), lag  # whoever reads meanwhile gets the old value
        lag = _age_of_oldest(context)
        _cache[context] = time.monotonic(), lag
    return lag


def _age_of_oldest(context: str) -> int:
    names = list(handlers_of(context)) if context else handler_names()

    def oldest(alias: str) -> datetime | None:
        waiting = Delivery.objects.using(alias).filter(status=Delivery.Status.WAITING, handler__in=names)
        return waiting.order_by("id").values_list("event__occurred_at", flat=True).first()

    now = timezone.now()
    age = max((int((now - moment).total_seconds()) for moment in in_each_database(oldest) if moment), default=0)
    return age if age > NEGLIGIBLE else 0

"""How far what a context shows is behind what has happened: found out cheaply, told in a header."""

import time
from datetime import datetime
from typing import TypeVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.response import Response

from kernel.eventbus.models import Delivery
from kernel.eventbus.registry import handler_names, handlers_of
from kernel.storage.databases import in_each_database

REMEMBERED_FOR = 2.0
"""Seconds for which a process goes by what it found out, so that reading costs one statement in so long a time."""
USUAL = 2
"""Seconds that are not worth telling."""
HEADER = "Library-Behind"
BEHIND = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": "^[0-9]+$"},
    OpenApiParameter.HEADER,
    response=[200],
    description="Seconds: events as old as that are not in this answer yet. Left out while it is up to date.",
)
AnyResponse = TypeVar("AnyResponse", bound=Response)
_remembered: dict[str, tuple[float, int]] = {}


def marked(response: AnyResponse, context: str) -> AnyResponse:
    """The answer, marked when the context that gives it has not heard of everything yet."""
    if behind := seconds_behind(context):
        response[HEADER] = str(behind)
    return response


def seconds_behind(context: str = "") -> int:
    """The age of the oldest event that a context, or any, has not heard of yet; 0 while that is the usual.

    What is dead does not count. What is owed lies beside those who published, so each database is asked.
    """
    looked_at, behind = _remembered.get(context, (float("-inf"), 0))
    if time.monotonic() - looked_at > REMEMBERED_FOR:
        _remembered[context] = time.monotonic(), behind  # whoever reads meanwhile goes by what was known
        behind = _age_of_oldest(context)
        _remembered[context] = time.monotonic(), behind
    return behind


def _age_of_oldest(context: str) -> int:
    names = list(handlers_of(context)) if context else handler_names()

    def oldest(alias: str) -> datetime | None:
        waiting = Delivery.objects.using(alias).filter(status=Delivery.Status.WAITING, handler__in=names)
        return waiting.order_by("id").values_list("event__occurred_at", flat=True).first()

    now = timezone.now()
    age = max((int((now - moment).total_seconds()) for moment in in_each_database(oldest) if moment), default=0)
    return age if age > USUAL else 0

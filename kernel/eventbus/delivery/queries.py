"""What the bus can tell of its deliveries, in whichever database they are."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from kernel.eventbus.models import Delivery
from kernel.storage.databases import all_databases, in_each_database


@dataclass(frozen=True)
class Owed:
    """What one handler is still owed in one database. `oldest` is when the oldest waiting event happened."""

    handler: str
    waiting: int
    dead: int
    oldest: datetime | None
    last_error: str


def undone_deliveries() -> dict[str, int]:
    """How many deliveries wait and how many are dead, in one statement for each database that can be reached."""
    total = Counter({"waiting": 0, "dead": 0})
    for found in in_each_database(_undone_in):
        total.update(found)
    return dict(total)


def undone_deliveries_by_handler() -> list[Owed]:
    """What waits and what is dead, handler by handler, in every database that can be reached."""
    return [owed for found in in_each_database(_owed_in) for owed in found]


def undone_deliveries_to(context: str) -> list[QuerySet[Delivery]]:
    """What a context such as `marketing`, or the handler of that full name, is still owed in each database."""
    to_it = Q(handler=context) | Q(handler__startswith=f"{context}.")
    return [Delivery.objects.using(alias).exclude(status="done").filter(to_it) for alias in all_databases()]


def _owed_in(alias: str) -> list[Owed]:
    waiting, dead = Q(status=Delivery.Status.WAITING), Q(status=Delivery.Status.DEAD)
    undone = Delivery.objects.using(alias).exclude(status=Delivery.Status.DONE).values("handler").order_by("handler")
    return [
        Owed(**row)
        for row in undone.annotate(
            waiting=Count("pk", filter=waiting),
            dead=Count("pk", filter=dead),
            oldest=Min("event__occurred_at", filter=waiting),
            last_error=Coalesce(Max("error", filter=dead), Value("", TextField())),
        )
    ]


def _undone_in(alias: str) -> dict[str, int]:
    return (
        Delivery.objects.using(alias)
        .exclude(status=Delivery.Status.DONE)
        .aggregate(
            waiting=Count("pk", filter=Q(status=Delivery.Status.WAITING)),
            dead=Count("pk", filter=Q(status=Delivery.Status.DEAD)),
        )
    )

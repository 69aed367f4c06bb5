"""Pending deliveries: those that wait and those that are dead, in whichever database they are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from kernel.eventbus.models import Delivery, Event
from kernel.storage.databases import all_databases, in_each_database

WAITING, DEAD = Q(status=Delivery.Status.WAITING), Q(status=Delivery.Status.DEAD)
COUNTS = {"waiting": Count("pk", filter=WAITING), "dead": Count("pk", filter=DEAD)}


@dataclass(frozen=True)
class Pending:
    """One handler's pending deliveries in one database. `oldest` is when the oldest waiting event happened."""

    handler: str
    waiting: int
    dead: int
    oldest: datetime | None
    last_error: str


def pending_deliveries() -> dict[str, int]:
    """How many deliveries wait and how many are dead, in one statement for each database that can be reached."""
    total = Counter(dict.fromkeys(COUNTS, 0))
    for counts in in_each_database(lambda alias: _pending_in(alias).aggregate(**COUNTS)):
        total.update(counts)
    return dict(total)


def pending_deliveries_by_handler() -> list[Pending]:
    """What waits and what is dead, handler by handler, in every database that can be reached."""
    return [pending for found in in_each_database(_by_handler) for pending in found]


def pending_deliveries_to(context: str) -> list[QuerySet[Delivery]]:
    """The pending deliveries to a context such as `marketing`, or to the handler of that full name, by database."""
    to_it = Q(handler=context) | Q(handler__startswith=f"{context}.")
    return [_pending_in(alias).filter(to_it) for alias in all_databases()]


def is_waiting_for(handler: str) -> bool:
    """Whether something that the handler of that full name has not heard of yet is on its way to it, in any database
    that can be reached. What is dead is not."""
    waiting = in_each_database(lambda alias: Delivery.objects.using(alias).filter(WAITING, handler=handler).exists())
    return any(waiting)


def _pending_in(alias: str) -> QuerySet[Delivery]:
    return Delivery.objects.using(alias).exclude(status=Delivery.Status.DONE)


def _by_handler(alias: str) -> list[Pending]:
    handlers = _pending_in(alias).values("handler").order_by("handler")
    found = handlers.annotate(
        waiting=COUNTS["waiting"],
        dead=COUNTS["dead"],
        oldest=Min("event__occurred_at", filter=WAITING),
        last_error=Coalesce(Max("error", filter=DEAD), Value("", TextField())),
    )
    return [Pending(**row) for row in found]


def pending_among(field: str, ids: Sequence[int]) -> set[int]:
    """Which of these ids stand in that field of an event that some handler has not processed yet."""
    return {found for some in in_each_database(lambda alias: _pending_among(alias, field, ids)) for found in some}


def _pending_among(alias: str, field: str, ids: Sequence[int]) -> set[int]:
    events = Event.objects.using(alias).filter(pk__in=_pending_in(alias).values("event"))
    return set(ids).intersection(events.values_list(f"payload__{field}", flat=True).distinct().iterator())

"""What the bus can tell of its deliveries, in whichever database they are."""

from collections import Counter

from django.db.models import Count, Q, QuerySet

from library.databases import all_databases, in_each_database
from library.eventbus.models import Delivery


def undone_deliveries() -> dict[str, int]:
    """How many deliveries wait and how many are dead, in one statement for each database that can be reached."""
    total = Counter({"waiting": 0, "dead": 0})
    for found in in_each_database(_undone_in):
        total.update(found)
    return dict(total)


def undone_deliveries_to(context: str) -> list[QuerySet[Delivery]]:
    """What a context such as `marketing`, or the handler of that full name, is still owed in each database."""
    to_it = Q(handler=context) | Q(handler__startswith=f"{context}.")
    return [Delivery.objects.using(alias).exclude(status="done").filter(to_it) for alias in all_databases()]


def _undone_in(alias: str) -> dict[str, int]:
    return (
        Delivery.objects.using(alias)
        .exclude(status=Delivery.Status.DONE)
        .aggregate(
            waiting=Count("pk", filter=Q(status=Delivery.Status.WAITING)),
            dead=Count("pk", filter=Q(status=Delivery.Status.DEAD)),
        )
    )

"""What the bus can tell of its deliveries."""

from django.db.models import Count, Q, QuerySet

from library.eventbus.models import Delivery


def undone_deliveries() -> dict[str, int]:
    """How many deliveries wait and how many are dead, in one statement."""
    return Delivery.objects.exclude(status=Delivery.Status.DONE).aggregate(
        waiting=Count("pk", filter=Q(status=Delivery.Status.WAITING)),
        dead=Count("pk", filter=Q(status=Delivery.Status.DEAD)),
    )


def undone_deliveries_to(context: str) -> QuerySet[Delivery]:
    """What a context such as `marketing`, or the handler of that full name, is still owed."""
    return Delivery.objects.exclude(status=Delivery.Status.DONE).filter(
        Q(handler=context) | Q(handler__startswith=f"{context}.")
    )

"""What the bus can tell of its deliveries."""

from django.db.models import Count, Q

from library.eventbus.models import Delivery


def undone_deliveries() -> dict[str, int]:
    """How many deliveries wait and how many are dead, in one statement."""
    return Delivery.objects.exclude(status=Delivery.Status.DONE).aggregate(
        waiting=Count("pk", filter=Q(status=Delivery.Status.WAITING)),
        dead=Count("pk", filter=Q(status=Delivery.Status.DEAD)),
    )

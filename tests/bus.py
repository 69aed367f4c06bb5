"""The real bus, worked off by the test itself: in order, reversed, or with every delivery doubled."""

import uuid
from datetime import timedelta

from django.utils import timezone

from library.eventbus.delivering import attempt
from library.eventbus.models import Delivery

ORDERS = ("in order", "reversed", "doubled")
WAITING = Delivery.Status.WAITING


class Bus:
    """Delivers what is waiting until nothing is, in the order it was made with."""

    def __init__(self, order: str = "in order") -> None:
        self.order = order

    def settle(self) -> None:
        """Every event reaches every handler. Fails with the error of a handler that raised."""
        while waiting := list(Delivery.objects.filter(status=WAITING).order_by("pk")):
            for delivery in reversed(waiting) if self.order == "reversed" else waiting:
                self._deliver(delivery)
                if self.order == "doubled":
                    Delivery.objects.filter(pk=delivery.pk).update(status=WAITING)
                    self._deliver(delivery)

    def _deliver(self, delivery: Delivery) -> None:
        claim = {"claim": uuid.uuid4(), "not_before": timezone.now() + timedelta(minutes=1), "attempts": 1}
        Delivery.objects.filter(pk=delivery.pk).update(**claim)
        taken = Delivery.objects.select_related("event").get(pk=delivery.pk)
        attempt(taken, timezone.now)
        taken.refresh_from_db()
        assert taken.status == Delivery.Status.DONE, taken.error

"""The real bus, worked off by the test itself: in order, reversed, or with every delivery doubled."""

import uuid
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from kernel.eventbus.delivery.attempts import attempt
from kernel.eventbus.models import Delivery
from kernel.storage.databases import all_databases

ORDERS = ("in order", "reversed", "doubled")
WAITING = Delivery.Status.WAITING


class Bus:
    """Delivers what is waiting until nothing is, in the order it was made with."""

    def __init__(self, order: str = "in order") -> None:
        self.order = order

    def settle(self) -> None:
        """Every event reaches every handler. Fails with the error of a handler that raised."""
        while waiting := [delivery for alias in all_databases() for delivery in _waiting_in(alias)]:
            for delivery in reversed(waiting) if self.order == "reversed" else waiting:
                self._deliver(delivery)
                if self.order == "doubled":
                    _row(delivery).update(status=WAITING)
                    self._deliver(delivery)

    def _deliver(self, delivery: Delivery) -> None:
        claim = {"claim": uuid.uuid4(), "not_before": timezone.now() + timedelta(minutes=1), "attempts": 1}
        _row(delivery).update(**claim)
        taken = _row(delivery).select_related("event").get()
        attempt(taken, timezone.now)
        taken.refresh_from_db()
        assert taken.status == Delivery.Status.DONE, taken.error


def _waiting_in(alias: str) -> QuerySet[Delivery]:
    return Delivery.objects.using(alias).filter(status=WAITING).order_by("pk")


def _row(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.using(delivery._state.db).filter(pk=delivery.pk)

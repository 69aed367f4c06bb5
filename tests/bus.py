"""The real bus, worked off by the test itself: in order, reversed, or with every delivery doubled."""

import uuid
from collections import defaultdict
from datetime import timedelta
from typing import Any

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
        self.heard: dict[str, set[int]] = defaultdict(set)
        """The ids of the events that each handler has heard of."""

    def settle(self) -> None:
        """Every event reaches every handler. Fails with the error of a handler that raised."""
        while claimed := [delivery for alias in all_databases() for delivery in _claimed_in(alias)]:
            for delivery in reversed(claimed) if self.order == "reversed" else claimed:
                self._attempt(delivery)
                if self.order == "doubled":
                    put_back(delivery)
                    self._attempt(delivery)

    def deliver(self, delivery: Delivery) -> None:
        """This one only, though others may have been published before it."""
        claim = uuid.uuid4()
        _row(delivery).update(**_claim(claim))
        self._attempt(_row(delivery).select_related("event").get())

    def _attempt(self, delivery: Delivery) -> None:
        if not attempt(delivery, timezone.now):
            raise AssertionError(_row(delivery).get().error)
        self.heard[delivery.handler].add(delivery.event_id)


def put_back(delivery: Delivery, **changes: Any) -> None:
    """Puts back a delivery that was read before it was done: it waits once more, or is as the changes say."""
    for name, value in {"status": WAITING, **changes}.items():
        setattr(delivery, name, value)
    delivery.save(using=delivery._state.db)


def _claimed_in(alias: str) -> QuerySet[Delivery]:
    """All that wait in a database, claimed in one statement: what is told is what a handler does, not the claiming."""
    here, claim = Delivery.objects.using(alias), uuid.uuid4()
    if not here.filter(status=WAITING).update(**_claim(claim)):
        return here.none()
    return here.filter(claim=claim, status=WAITING).select_related("event").order_by("pk")


def _claim(claim: uuid.UUID) -> dict[str, Any]:
    return {"claim": claim, "not_before": timezone.now() + timedelta(minutes=1), "attempts": 1}


def _row(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.using(delivery._state.db).filter(pk=delivery.pk)

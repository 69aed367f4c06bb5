"""The real bus, worked off by the test itself: in order, reversed, or with every delivery doubled."""

import uuid
from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.utils import timezone

from kernel.eventbus.delivery.attempts import attempt
from kernel.eventbus.delivery.claims import Claimed
from kernel.eventbus.models import Delivery, Event
from kernel.eventbus.records import records_of
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
        while claimed := [delivery for alias in all_databases() for delivery in _claimed_in(alias, status=WAITING)]:
            for delivery in reversed(claimed) if self.order == "reversed" else claimed:
                if self.order == "doubled":
                    row = _row(delivery)
                    self._attempt(delivery)
                    put_back(row)
                self._attempt(delivery)

    def deliver(self, delivery: Delivery) -> None:
        """This one only, though others may have been published before it."""
        (claimed,) = _claimed_in(delivery._state.db, pk=delivery.pk)
        self._attempt(claimed)

    def _attempt(self, delivery: Claimed) -> None:
        if not attempt(delivery, timezone.now):
            raise AssertionError(_row(delivery).error)
        self.heard[delivery.handler].add(delivery.event.id)


def put_back(delivery: Delivery, **changes: Any) -> None:
    """Puts back a delivery that was read before it was done: it waits once more, or is as the changes say."""
    for name, value in {"status": WAITING, **changes}.items():
        setattr(delivery, name, value)
    delivery.save(using=delivery._state.db)


def _claimed_in(alias: str, **which: Any) -> list[Claimed]:
    """Those of a database, claimed in one statement: what is told is what a handler does, not the claiming."""
    here, claim, until = Delivery.objects.using(alias), uuid.uuid4(), timezone.now() + timedelta(minutes=1)
    if not here.filter(**which).update(claim=claim, not_before=until, attempts=1):
        return []
    rows = here.filter(claim=claim, status=WAITING).order_by("pk").values_list("pk", "event", "handler", "error")
    events = {event.id: event for event in records_of(Event.objects.using(alias).filter(deliveries__claim=claim))}
    return [
        Claimed(id=pk, event=events[event], handler=handler, attempts=1, error=error, claim=claim, until=until,
                key="", published_in=alias)
        for pk, event, handler, error in rows
    ]  # fmt: skip


def _row(delivery: Claimed) -> Delivery:
    return Delivery.objects.using(delivery.published_in).get(pk=delivery.id)

"""What the log and the counts say of deliveries: which event, to whom, and of which request; never what it tells."""

import logging
from collections.abc import Sequence
from typing import Any

from kernel.eventbus.models import Delivery
from kernel.observability.metrics import DELIVERIES

logger = logging.getLogger("library.deliveries")


def note_done(delivered: Sequence[Delivery]) -> None:
    """These were delivered to one handler, and that is committed."""
    DELIVERIES.labels(delivered[0].handler, "done").inc(len(delivered))
    if logger.isEnabledFor(logging.INFO):
        for delivery in delivered:
            logger.info("%s told to %s", delivery.event.name, delivery.handler, extra=_told(delivery))


def note_trouble(delivery: Delivery, outcome: str, what: str) -> None:
    """This one `failed`, and will be tried again, or is `dead`. Its error in words is on its page in the admin."""
    DELIVERIES.labels(delivery.handler, outcome).inc()
    level = logging.ERROR if outcome == "dead" else logging.WARNING
    told = (delivery.event.name, delivery.handler, outcome, delivery.pk, what)
    logger.log(level, "%s told to %s %s (delivery %s): %s", *told, extra=_told(delivery))


def _told(delivery: Delivery) -> dict[str, Any]:
    event = delivery.event
    about = {"event": event.name, "event_id": str(event.uuid), "handler": delivery.handler}
    return about | {"request_id": str(event.correlation_id)}

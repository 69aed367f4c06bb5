"""The log and the metrics of deliveries: which event, to which handler, caused by which request; never its payload."""

import logging
from collections.abc import Sequence
from typing import Any

from kernel.eventbus.delivery.claims import Claimed
from kernel.observability.metrics import DELIVERIES

logger = logging.getLogger("library.deliveries")


def log_done(delivered: Sequence[Claimed]) -> None:
    """These were delivered to one handler, and that is committed."""
    DELIVERIES.labels(delivered[0].handler, "done").inc(len(delivered))
    if logger.isEnabledFor(logging.INFO):
        for delivery in delivered:
            logger.info("%s delivered to %s", delivery.event.name, delivery.handler, extra=_fields(delivery))


def log_failure(delivery: Claimed, outcome: str, what: str) -> None:
    """This one `failed`, and will be retried, or is `dead`. The admin shows its error in words."""
    DELIVERIES.labels(delivery.handler, outcome).inc()
    level = logging.ERROR if outcome == "dead" else logging.WARNING
    values = (delivery.event.name, delivery.handler, outcome, delivery.id, what)
    logger.log(level, "%s delivered to %s: %s (delivery %s): %s", *values, extra=_fields(delivery))


def _fields(delivery: Claimed) -> dict[str, Any]:
    event = delivery.event
    fields = {"event": event.name, "event_id": str(event.uuid), "handler": delivery.handler}
    return fields | {"request_id": str(event.correlation_id)}

"""Who sends what: an endpoint is claimed before anything is sent to it, so messages go one at a time and in order."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from kernel.eventbus.models import Event
from kernel.eventbus.stream.log import events_after
from webhooks.models import Endpoint, Resend, due_endpoints

LEASE = timedelta(seconds=60)
"""How long a claim lasts: well over what one name lookup and one POST take. After that others take over."""


@dataclass(frozen=True, eq=False)
class Sending:
    """An event that is being sent to a claimed endpoint since `started`; `resend` if it is sent again by request."""

    endpoint: Endpoint
    event: Event
    resend: Resend | None
    started: datetime


def claim(endpoint_id: int, now: datetime) -> Endpoint | None:
    """The endpoint, to which nobody else sends until the claim is released or expires; None if it is claimed."""
    token = uuid.uuid4()
    if not due_endpoints(now).filter(pk=endpoint_id).update(claim=token, claimed_until=now + LEASE):
        return None
    return Endpoint.objects.filter(pk=endpoint_id, claim=token).first()


def next_for(endpoint: Endpoint, end: int, now: datetime) -> Sending | None:
    """What a claimed endpoint is sent next. If it wants nothing up to the end of the log, its position moves there."""
    resend = Resend.objects.select_related("event").filter(endpoint=endpoint).order_by("pk").first()
    events = [resend.event] if resend else events_after(endpoint.position, 1, endpoint.names)
    if events:
        return Sending(endpoint, events[0], resend, now)
    unchanged = Endpoint.objects.filter(pk=endpoint.pk, claim=endpoint.claim, position=endpoint.position)
    unchanged.update(position=max(end, endpoint.position))
    release(endpoint)
    return None


def release(endpoint: Endpoint) -> None:
    """Ends the claim, if it has not expired and been taken over."""
    Endpoint.objects.filter(pk=endpoint.pk, claim=endpoint.claim).update(claim=None, claimed_until=None)

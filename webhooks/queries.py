"""What is known of the sending of webhooks."""

from collections.abc import Iterator
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS
from django.db.models import OuterRef, Q, QuerySet, Subquery

from kernel.eventbus.models import Event
from kernel.eventbus.stream.early import early_events
from webhooks.models import Attempt, Endpoint, Resend, due_endpoints


def has_active_endpoints() -> bool:
    """Whether there is anybody to send to, now or after a pause."""
    return Endpoint.objects.filter(active=True).exists()


def webhooks_failing() -> int:
    """How many endpoints refused what they were last sent, or were disabled for that."""
    return Endpoint.objects.filter(Q(failures__gt=0) | ~Q(disabled_why="")).count()


def endpoints() -> QuerySet[Endpoint]:
    """All endpoints, those that fail first."""
    return Endpoint.objects.order_by("-failures", "pk")


def resends_of_inactive() -> QuerySet[Resend]:
    """Events to be sent again to endpoints that are sent nothing: they keep no month of the log."""
    return Resend.objects.filter(endpoint__active=False)


def unsent_since(before: datetime) -> Iterator[Endpoint]:
    """Endpoints that could be sent an event from before that time, and to which nothing was sent since."""
    last = Attempt.objects.filter(endpoint=OuterRef("pk")).order_by("-pk").values("at")[:1]
    idle = (
        due_endpoints(before)
        .annotate(last=Subquery(last))
        .filter(Q(last=None) | Q(last__lt=before), made_at__lt=before)
    )
    for endpoint in idle.filter(Q(last=None) | Q(last__lt=before)).order_by("pk"):
        event = _next_wanted(endpoint)
        if event and event.occurred_at < before:
            yield endpoint


def _next_wanted(endpoint: Endpoint) -> Event | None:
    """Events that nobody has read have no position yet: they come last."""
    names = Q(name__in=endpoint.names) if endpoint.names else Q()
    numbered = Event.objects.filter(names, position__gt=endpoint.position).order_by("position").first()
    return numbered or early_events(DEFAULT_DB_ALIAS).filter(names).order_by("id").first()

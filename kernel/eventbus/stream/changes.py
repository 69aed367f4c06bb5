"""What the log has of one thing, read where its context writes."""

from collections.abc import Collection

from django.db import router
from django.db.models import Model

from kernel.eventbus.events import DomainEvent
from kernel.eventbus.models import Event

Names = Collection[type[DomainEvent]]


def changes_of(thing: Model, key: str, events: Names, most: int, **facts: object) -> list[Event]:
    """The newest of these events under a key such as `book:17`; with facts, those whose payload has them."""
    log = Event.objects.using(router.db_for_read(type(thing))).filter(
        key=key, name__in=[one.__name__ for one in events]
    )
    return list(log.filter(**{f"payload__{name}": value for name, value in facts.items()}).order_by("-pk")[:most])

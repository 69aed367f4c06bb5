"""What the log has of a thing."""

from collections.abc import Collection

from django.db import DEFAULT_DB_ALIAS, router
from django.db.models import Model

from kernel.eventbus.events import DomainEvent
from kernel.eventbus.models import Event
from kernel.storage.databases import database_of

Names = Collection[type[DomainEvent]]


def changes_of(thing: Model, key: str, events: Names, most: int, **facts: object) -> list[Event]:
    """The newest of these events under a key such as `book:17`; with facts, those whose payload has them. Read
    where the thing's context writes."""
    log = Event.objects.using(router.db_for_read(type(thing))).filter(
        key=key, name__in=[one.__name__ for one in events]
    )
    return list(log.filter(**{f"payload__{name}": value for name, value in facts.items()}).order_by("-pk")[:most])


def still_in_log(context: str, kind: str, things: Collection[int]) -> set[int]:
    """Those of a context's things, such as lending's of the kind `loan`, of which the log has events: where the context
    writes, or in `default`, where they come from there."""
    keys, found = {f"{kind}:{thing}": thing for thing in things}, set[int]()
    for alias in dict.fromkeys([database_of(context), DEFAULT_DB_ALIAS]):
        log = Event.objects.using(alias).filter(key__in=list(keys)).order_by()
        found |= {keys[key] for key in log.values_list("key", flat=True).distinct()}
    return found

"""The event log as others read it: in one order that never changes and never skips."""

from collections.abc import Iterable
from itertools import count

from django.db import transaction
from django.db.models import Max

from library.eventbus.locks import NUMBERING, one_at_a_time
from library.eventbus.models import Event

BATCH = 1_000


def events_after(position: int, limit: int, names: Iterable[str] = ()) -> list[Event]:
    """The next events behind a position, at most `limit`; all of them, or those of the given names.

    Positions are given here, to committed events only and by one reader at a time: an event whose transaction
    commits late gets a later position, so a reader who keeps the last position it saw misses nothing.
    Events of one key keep their order.
    """
    _number_all()
    found = Event.objects.filter(position__gt=position).order_by("position")
    return list((found.filter(name__in=names) if names else found)[:limit])


def end_of_log() -> int:
    """The position of the last event committed so far; 0 when nothing has happened."""
    _number_all()
    return _last_position()


def _number_all() -> None:
    while _number_next() == BATCH:
        pass


def _last_position() -> int:
    return Event.objects.aggregate(last=Max("position"))["last"] or 0


@transaction.atomic
def _number_next() -> int:
    """Gives the oldest events without a position the next ones; returns how many there were."""
    unnumbered = Event.objects.filter(position=None).order_by("id")
    if not unnumbered.exists():
        return 0
    one_at_a_time(NUMBERING)
    events = list(unnumbered.only("id")[:BATCH])
    for event, position in zip(events, count(_last_position() + 1), strict=False):
        event.position = position
    Event.objects.bulk_update(events, ["position"])
    return len(events)

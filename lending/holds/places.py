"""Places in a queue. A place is a number; a position is counted from the places before it, and never kept, so that
nobody's row changes when somebody else comes, goes or is moved."""

from itertools import count
from typing import Any

from django.db.models import (
    CharField,
    Count,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from kernel.storage.bulk import update_rows
from kernel.storage.databases import database_of
from lending.models import IN_QUEUE, Hold

STEP = 2**24
"""So far apart are places of neighbours: between two of them there is room for 24 moves, one behind the other."""


def in_queue(book_id: int) -> QuerySet[Hold]:
    """The holds that wait for a book or are suspended, in their order."""
    return Hold.objects.filter(IN_QUEUE, book=book_id).order_by("place")


def of_queue(volume: str) -> Q:
    """Which holds on a book stand in the queue for a volume: those that name none stand in each, and it in all."""
    return Q(volume__in={"", volume}) if volume else Q()


def last_place(book_id: int) -> int:
    """The place behind everybody."""
    last = in_queue(book_id).aggregate(last=Max("place"))["last"]
    return STEP if last is None else last + STEP


def first_place(book_id: int) -> int:
    """The place before everybody."""
    first = in_queue(book_id).aggregate(first=Min("place"))["first"]
    return STEP if first is None else first - STEP


def place_again(hold: Hold) -> int:
    """The place of a hold that comes back to its queue: the one that it had, or the nearest before that where somebody
    got it meanwhile."""
    near = in_queue(hold.book_id).filter(place__gt=hold.place - STEP, place__lte=hold.place)
    taken = set(near.values_list("place", flat=True))
    return next(place for place in count(hold.place, -1) if place not in taken)


def position_of(hold: Hold) -> int | None:
    """The position of a hold in its queue, from 1; None where it is in none."""
    if hold.status not in {Hold.Status.WAITING, Hold.Status.SUSPENDED}:
        return None
    return in_queue(hold.book_id).filter(of_queue(hold.volume), place__lt=hold.place).count() + 1


def place_at(hold: Hold, position: int) -> int | None:
    """The place at which a hold has that position, or the last one where the queue is shorter. None where there is no
    room between its neighbours."""
    others = in_queue(hold.book_id).filter(of_queue(hold.volume)).exclude(pk=hold.pk).values_list("place", flat=True)
    if position <= 1:
        return first_place(hold.book_id)
    around = list(others[position - 2 : position])
    if len(around) < 2:
        return last_place(hold.book_id)
    between = sum(around) // 2
    return between if around[0] < between < around[1] else None


def spread_places(book_id: int) -> list[Hold]:
    """Gives the holds of a queue new places with room between them, in one statement; the holds, in their order."""
    holds = list(in_queue(book_id))
    for number, hold in enumerate(holds, start=1):
        hold.place, hold.version = number * STEP, hold.version + 1
    update_rows(holds, ["place", "version"], database_of("lending"))
    return holds


def positions() -> Any:
    """The position of a hold, to annotate holds with that are in a queue."""
    named = Hold.objects.annotate(wanted=ExpressionWrapper(OuterRef("volume"), CharField()))
    sharing = Q(wanted="") | Q(volume="") | Q(volume=F("wanted"))
    before = named.filter(IN_QUEUE, sharing, book=OuterRef("book"), place__lt=OuterRef("place"))
    counted = before.order_by().values("book").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField()) + Value(1)

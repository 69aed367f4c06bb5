"""What can be told of holds."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)

from kernel.storage.composed import Rows, composed
from lending.holds.by_now.promised import promised
from lending.holds.places import positions
from lending.in_force import suspended_on, waiting_on
from lending.models import IN_QUEUE, OPEN, Act, Copy, Hold, LoanLine

WaitedFor = frozenset[tuple[int, str]]
"""Books with a volume, or none."""


def holds() -> QuerySet[Hold]:
    """All holds with their copies and, as `at`, their positions, ready to be shown."""
    at = Case(When(IN_QUEUE, then=positions()), output_field=IntegerField(null=True))
    return Hold.objects.select_related("copy").annotate(at=at)


def of_status(status: str, today: date) -> Q:
    """The holds of a status on a day, whether the sweep has come by or not."""
    if status == Hold.Status.WAITING:
        return waiting_on(today)
    return suspended_on(today) if status == Hold.Status.SUSPENDED else Q(status=status)


def on_day(holds: Iterable[Hold], day: date) -> list[Hold]:
    """Holds as they stand on a day, to be shown and not saved: those whose suspension is over wait."""
    found = list(holds)
    for hold in found:
        hold.status = hold.status_on(day)
        hold.suspended_until = hold.suspended_until if hold.status == Hold.Status.SUSPENDED else None
    return found


def open_holds_of(patron_id: int) -> QuerySet[Hold]:
    """What a patron waits for and what is ready, the latest first, ready to be shown."""
    return holds().filter(OPEN, patron=patron_id).order_by("-pk")


def waits_for(patron_id: int, book_id: int) -> bool:
    """Whether a patron has an open hold on a book, ready or not."""
    return bool(_holds_on(patron_id, book_id))


@composed
def _holds_on(patron_id: int, book_id: int) -> Rows:
    return Hold.objects.filter(OPEN, patron=patron_id, book=book_id).values_list("pk")


def ready_holds() -> QuerySet[Hold]:
    """What stands on the hold shelf, by the last day to collect it."""
    return Hold.objects.filter(status=Hold.Status.READY).select_related("copy").order_by("pickup_by", "pk")


def copies_to_pull() -> QuerySet[Copy]:
    """The copies on the shelf that somebody waits for, to be scanned."""
    return Copy.objects.filter(place=Copy.Place.TO_PULL, withdrawn=False).select_related("book").order_by("book", "pk")


def holds_that_ended(since: datetime) -> QuerySet[Hold]:
    """The holds that were not collected in time, or were cancelled when they were ready, the last first: their copies
    may still stand on the hold shelf."""
    ended = Hold.objects.filter(status__in=["expired", "cancelled"], ended_at__gte=since, copy__isnull=False)
    return ended.select_related("copy").order_by("-ended_at", "-pk")


def copies_to_clear(since: datetime) -> QuerySet[Any]:
    """The holds that ended and left a copy on the hold shelf, the last first, with its `barcode`: it went to nobody
    since, and belongs on its own shelf now. It was not collected in time, or the hold was cancelled, or its patron
    borrowed another copy."""
    ready = Act.objects.filter(what="HoldReady", patron=OuterRef("patron"), at=OuterRef("ready_since"))
    another = When(status=Hold.Status.COLLECTED, then=Subquery(ready.values("copy")[:1]))
    stood = Case(another, default=F("copy"), output_field=BigIntegerField())
    on_shelf = Copy.objects.filter(pk=OuterRef("stood"), place=Copy.Place.SHELF)
    later = Hold.objects.filter(copy=OuterRef("stood"), ready_since__gt=OuterRef("ready_since"))
    lent = LoanLine.objects.filter(copy=OuterRef("stood"), loan__requested_at__gt=OuterRef("ended_at"))
    ended = Hold.objects.filter(ended_at__gte=since, ready_since__isnull=False).annotate(stood=stood)
    left = ended.filter(~Q(status=Hold.Status.COLLECTED) | ~Q(copy=F("stood")), ~Exists(later), ~Exists(lent))
    return (
        left.annotate(barcode=Subquery(on_shelf.values("barcode")))
        .filter(barcode__isnull=False)
        .order_by("-ended_at", "-pk")
    )


def waited_for(books: Collection[int], today: date) -> WaitedFor:
    """Those of these books, each with a volume or none, that more patrons wait for than copies are there; a loan of
    one is not renewed. In one statement where nobody waits."""
    waiting = Hold.objects.filter(waiting_on(today), book__in=books).order_by()
    numbers = waiting.values("book", "volume").annotate(n=Count("pk"))
    counted = {(one["book"], one["volume"]): one["n"] for one in numbers}
    if not counted:
        return frozenset()
    copies = _copies_there({book for book, _volume in counted}, today)

    def left(book: int, volume: str) -> int:
        """How many copies of a volume those leave who name it."""
        named = counted.get((book, volume), 0) if volume else 0
        return max(0, sum((one, of) == (book, volume) for one, of, _place in copies) - named)

    def is_short(book: int, volume: str) -> bool:
        places = [(of, place) for one, of, place in copies if one == book and volume in {"", of}]
        there = len(places) if volume else sum(left(book, of) for of in {of for of, _place in places})
        return "shelf" not in {place for _of, place in places} and there < counted[book, volume]

    return frozenset(place for place in counted if is_short(*place))


def _copies_there(books: Collection[int], today: date) -> list[tuple[int, str, str]]:
    """The book, the volume and the place of each copy that is there, by now."""
    there = Copy.objects.filter(place__in=["shelf", "to_pull"], condition="ok", withdrawn=False, for_loan=True)
    copies = list(there.filter(book__in=books).values_list("pk", "book", "volume", "place"))
    on_shelf = {book for _pk, book, _volume, place in copies if place == "shelf"}
    aside = {match.copy.pk for match in promised(on_shelf, today)} if on_shelf else set()
    return [(book, volume, "to_pull" if pk in aside else place) for pk, book, volume, place in copies]


def holds_on_record() -> Iterator[dict[str, Any]]:
    """Every hold as a patron's page should show it, in the order of their ids."""
    times = ("placed_at", "suspended_until", "ready_since", "pickup_by")
    columns = ("patron_id", "book_id", "copy_id", "volume", "title", "status", "place", *times, "version")
    yield from Hold.objects.order_by("pk").values("pk", *columns).iterator(chunk_size=2_000)

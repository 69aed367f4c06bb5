"""Which copy goes to whom. Everything here needs a transaction, and the queues of the books locked."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from kernel.eventbus.events import DomainEvent
from kernel.storage.composed import Rows, composed
from kernel.storage.databases import database_of
from kernel.storage.instances import relate
from kernel.storage.writes import Write
from lending.events import CopyConditionChanged, HoldReady, Shelf
from lending.holds.candidates import ON_SHELF, Match, matches
from lending.holds.pickup import last_days
from lending.holds.ready import Ready, make_ready, writes_of
from lending.models import OPEN, Book, Copy, Hold
from lending.stock.copies import move_copies
from lending.stock.shelf import shelf_of

COLUMNS = [field.attname for field in Copy._meta.concrete_fields if field.name not in {"items", "missing_items"}]


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """The holds that became ready, and the copies that moved, as they are now; and what of it is `unwritten`, to be
    written with the events that tell of it."""

    ready: Sequence[Hold] = ()
    moved: Sequence[Copy] = ()
    unwritten: Sequence[Write] = ()

    @property
    def shelf(self) -> Shelf:
        """What the event tells that led to it."""
        return shelf_of(self.moved)

    def events(self, now: datetime) -> list[HoldReady]:
        """What is to be announced of it, behind what led to it, which tells of the shelf."""
        return [HoldReady(**hold.facts(now)) for hold in self.ready]

    @property
    def ready_where_it_stood(self) -> list[Hold]:
        """The holds for which a copy is ready that stood on the hold shelf already, for somebody else."""
        moved = {copy.pk for copy in self.moved}
        return [hold for hold in self.ready if hold.copy_id not in moved]

    def events_of_moves(self, now: datetime) -> list[DomainEvent]:
        """What is to be announced of each copy that moved, where no other event tells of the shelf."""
        held = {hold.copy_id: hold for hold in self.ready}
        prefetch_related_objects([copy for copy in self.moved if copy.pk not in held], "book")
        return [
            HoldReady(**held[copy.pk].facts(now), shelf=shelf_of([copy])) if copy.pk in held else _moved(copy, now)
            for copy in self.moved
        ]

    def events_by_themselves(self, now: datetime) -> list[DomainEvent]:
        """What is to be announced of it where no other event tells of the shelf."""
        stood = [HoldReady(**hold.facts(now)) for hold in self.ready_where_it_stood]
        return [*stood, *self.events_of_moves(now)]


NOTHING = Assigned()


def assign_copies(
    books: Collection[int], *, now: datetime, in_hand: Collection[int] = (), return_id: int | None = None
) -> Assigned:
    """Gives the copies in hand, which came back or stand on the hold shelf, to the first who may have each, and puts
    the others on the shelf; of those on the shelf as many are out of stock, to be pulled, as somebody waits for.

    A few statements, whatever the number of books and of those who wait.
    """
    found = [Copy.from_db(database_of("lending"), COLUMNS, row) for row in _copies_there(books, in_hand)]
    if not found:
        return NOTHING
    waited_for = {copy.book_id for copy in found if copy.waited_for}
    matched = matches(in_turn(found, waited_for, in_hand), timezone.localdate(now))
    _forget_queues(waited_for - {match.hold.book_id for match in matched})

    ready = [match for match in matched if match.copy.pk in in_hand]
    places = {copy.pk: Copy.Place.SHELF for copy in found}
    places |= {match.copy.pk: Copy.Place.TO_PULL for match in matched}
    places |= {match.copy.pk: Copy.Place.HOLD_SHELF for match in ready}
    moved = [copy for copy in found if copy.place != places[copy.pk]]
    for place in (Copy.Place.SHELF, Copy.Place.TO_PULL, Copy.Place.HOLD_SHELF):
        move_copies([copy for copy in moved if places[copy.pk] == place], place)
    make_ready(_readied(ready, now, return_id), now=now, return_id=return_id)
    return Assigned(ready=[match.hold for match in ready], moved=moved)


def assign_brought_back(
    book_id: int, copies: Sequence[Copy], *, now: datetime, return_id: int, match: Match | None = None
) -> Assigned:
    """The same of copies that came back and were put on the hold shelf: those that nobody may have, or that are not in
    order, are put on the shelf. With `match` it is known already to whom the only one goes; that is left unwritten."""
    if match:
        (ready,) = _readied([match], now, return_id)
        return Assigned(ready=[match.hold], unwritten=writes_of(ready, now=now, return_id=return_id))
    assigned = assign_copies([book_id], now=now, in_hand=[copy.pk for copy in copies], return_id=return_id)
    kept = {hold.copy_id for hold in assigned.ready} | {copy.pk for copy in assigned.moved}
    move_copies([copy for copy in copies if copy.pk not in kept], Copy.Place.SHELF)
    return assigned


def copies_there(books: Collection[int], in_hand: Collection[int]) -> QuerySet[Copy]:
    """Of these books the copies in hand, and those on the shelf, that are in order: locked, and by their ids."""
    return copies_in_order(books, in_hand).select_for_update().order_by("pk")


def copies_in_order(books: Collection[int], in_hand: Collection[int] | None = None) -> QuerySet[Copy]:
    """The same, not locked, and in no order."""
    there = Q(place__in=ON_SHELF) if in_hand is None else Q(place__in=ON_SHELF) | Q(pk__among=in_hand)
    withdrawn = Exists(Book.objects.filter(pk=OuterRef("book"), withdrawn=True))
    return Copy.objects.filter(there, ~withdrawn, condition=Copy.Condition.OK, withdrawn=False, book__among=books)


@composed
def _copies_there(books: Collection[int], in_hand: Collection[int]) -> Rows:
    return copies_there(books, in_hand).values_list(*COLUMNS)


def expect_returns(books: Collection[int]) -> None:
    """Marks the copies of these books as waited for, one behind the other, so that whoever brings one back meanwhile
    comes before or behind this."""
    unmarked = Copy.objects.filter(book__in=books, waited_for=False)
    copies = list(unmarked.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    if copies:
        Copy.objects.filter(pk__in=copies).update(waited_for=True)


def _forget_queues(books: Collection[int]) -> None:
    """Takes the marks away again where nobody has an open hold any more."""
    if not books:
        return
    held = Hold.objects.filter(OPEN, book__in=books).values_list("book", flat=True)
    if ended := set(books) - set(held):
        Copy.objects.filter(book__in=ended, waited_for=True).update(waited_for=False)


def _moved(copy: Copy, now: datetime) -> CopyConditionChanged:
    return CopyConditionChanged(
        occurred_at=now,
        copy=copy.pk,
        book=copy.book_id,
        title=copy.book.title,
        copy_type=copy.type,
        price=copy.price,
        shelf=shelf_of([copy]),
        condition=copy.condition,
    )


def in_turn(found: Iterable[Copy], waited_for: Collection[int], in_hand: Collection[int] = ()) -> dict[int, list[Copy]]:
    """The copies for loan of books that somebody may wait for, by book, as they are given away: those in hand first,
    then those that are to be pulled already."""
    of_book = defaultdict(list)
    for copy in sorted(found, key=lambda copy: (copy.pk not in in_hand, copy.place != Copy.Place.TO_PULL, copy.pk)):
        if copy.for_loan and copy.book_id in waited_for:
            of_book[copy.book_id].append(copy)
    return dict(of_book)


def _readied(ready: Sequence[Match], now: datetime, return_id: int | None) -> list[Ready]:
    """Tells the holds that they are ready; what is to be written of it."""
    days = last_days([(match.hold.book_id, match.patron) for match in ready])
    for match, day in zip(ready, days, strict=True):
        hold = match.hold
        relate(hold, "copy", match.copy)
        hold.status, hold.suspended_until = Hold.Status.READY, None
        hold.ready_since, hold.brought_back = now, return_id
        hold.pickup_by, hold.version = day, hold.version + 1
    return [Ready(match.hold.pk, match.copy.pk, day) for match, day in zip(ready, days, strict=True)]

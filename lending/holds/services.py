"""What a patron and a librarian do about holds."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from kernel.eventbus.publishing.outbox import publish_many
from kernel.observability.tracing import acting
from kernel.refusals import refusal_of
from kernel.storage.databases import atomic_in
from lending.events import HoldCancelled, HoldEvent, HoldMoved, HoldPlaced, HoldResumed, HoldSuspended
from lending.history.services import note_act
from lending.holds.asking import wanted_hold
from lending.holds.assigning import Assigned, assign_copies, expect_returns
from lending.holds.places import last_place, place_at, position_of, spread_places
from lending.holds.refusals import NotWaiting
from lending.locks import lock_accounts, lock_queues
from lending.models import Book, Hold
from lending.policies.eligibility import eligibility_of


def place_hold(
    *,
    patron_id: int,
    book_id: int,
    now: datetime,
    volume: str | None = None,
    override: Collection[str] = (),
    reason: str = "",
) -> Hold:
    """Gives a patron the last place in the queue for a book, or for a volume of it.

    What `override` names of the rules is decided against for that reason: whether somebody may do that is for the
    caller to ask. Raises `Book.DoesNotExist`, `VolumeNeeded`, `UnknownVolume` and what the rules of `holds/rules.py`
    refuse; then nothing is changed.
    """
    with acting(reason=reason):
        return _place(patron_id, book_id, volume, override, now)


@atomic_in("lending")
def _place(patron_id: int, book_id: int, volume: str | None, override: Collection[str], now: datetime) -> Hold:
    lock_accounts([patron_id])
    patron = eligibility_of([patron_id], timezone.localdate(now))[patron_id]
    book = Book.objects.get(pk=book_id, withdrawn=False)
    lock_queues([book_id])
    expect_returns([book_id])
    wanted = wanted_hold(book_id, volume, patron_id, patron)
    against = [one for one in wanted.reasons if one.is_final or one.code not in override]
    if refusal := refusal_of(against):
        raise refusal

    hold = Hold.objects.create(
        patron_id=patron_id,
        book=book,
        volume=wanted.volume,
        title=book.title,
        place=last_place(book_id),
        placed_at=now,
        version=1,
    )
    return _announce(HoldPlaced, hold, assign_copies([book_id], now=now), now)


@atomic_in("lending")
def cancel_hold(hold_id: int, *, now: datetime, of_patron: int | None = None) -> Hold:
    """Ends a hold before it is collected. Raises `Hold.DoesNotExist`, also for a hold that is not `of_patron`'s, if one
    is named, and `NotWaiting`."""
    hold = _locked(hold_id, of_patron, now, Hold.Status.WAITING, Hold.Status.SUSPENDED, Hold.Status.READY)
    in_hand = [hold.copy_id] if hold.status == Hold.Status.READY and hold.copy_id else []

    hold.status, hold.ended_at, hold.suspended_until = Hold.Status.CANCELLED, now, None
    by_patron = of_patron is not None
    hold.cancel_reason = Hold.CancelReason.BY_PATRON if by_patron else Hold.CancelReason.BY_LIBRARY
    save_next_version(hold)
    assigned = assign_copies([hold.book_id], now=now, in_hand=in_hand)
    return _announce(HoldCancelled, hold, assigned, now, reason=str(hold.cancel_reason))


@atomic_in("lending")
def suspend_hold(hold_id: int, *, now: datetime, until: date | None = None, of_patron: int | None = None) -> Hold:
    """Lets others pass a hold that waits, to that day, the last one, or until it is resumed; it keeps its place. That
    the day is not past is for the caller to ask. Raises as `cancel_hold` does."""
    hold = _locked(hold_id, of_patron, now, Hold.Status.WAITING)

    hold.status, hold.suspended_until = Hold.Status.SUSPENDED, until
    save_next_version(hold)
    return _announce(HoldSuspended, hold, assign_copies([hold.book_id], now=now), now)


@atomic_in("lending")
def resume_hold(hold_id: int, *, now: datetime, of_patron: int | None = None) -> Hold:
    """Lets a suspended hold wait again. Raises as `cancel_hold` does."""
    hold = _locked(hold_id, of_patron, now, Hold.Status.SUSPENDED)

    hold.status, hold.suspended_until = Hold.Status.WAITING, None
    save_next_version(hold)
    return _announce(HoldResumed, hold, assign_copies([hold.book_id], now=now), now)


@atomic_in("lending")
def move_hold(hold_id: int, *, position: int, now: datetime) -> Hold:
    """Gives a hold in a queue that position, or the last one where the queue is shorter. Raises `Hold.DoesNotExist` and
    `NotWaiting`."""
    hold = _locked(hold_id, None, now, Hold.Status.WAITING, Hold.Status.SUSPENDED)
    place, spread = place_at(hold, position), list[Hold]()
    if place is None:
        spread = [one for one in spread_places(hold.book_id) if one.pk != hold.pk]
        place = place_at(hold, position)
    assert place is not None, "there is room now"

    hold.place = place
    save_next_version(hold)
    _announce(HoldMoved, hold, assign_copies([hold.book_id], now=now), now, spread)
    return hold


@atomic_in("lending")
def set_pickup_day(hold_id: int, *, pickup_by: date, now: datetime) -> Hold:
    """Sets the last day on which a ready hold may be collected. That it is an open day and not past is for the caller
    to ask. Raises `Hold.DoesNotExist` and `NotWaiting`."""
    hold = _locked(hold_id, None, now, Hold.Status.READY)

    hold.pickup_by = pickup_by
    save_next_version(hold)
    return _announce(HoldMoved, hold, Assigned(), now)


def save_next_version(hold: Hold) -> None:
    """Saves a changed hold under the version that its next event carries."""
    hold.version += 1
    hold.save(force_update=True)


def _locked(hold_id: int, of_patron: int | None, now: datetime, *statuses: Hold.Status) -> Hold:
    """The hold, read behind the locks of its patron and its queue. Raises `NotWaiting` for one that is in another
    state today."""
    own = Hold.objects.filter(pk=hold_id, **({"patron": of_patron} if of_patron is not None else {}))
    patron_id, book_id = own.values_list("patron", "book").get()
    lock_accounts([patron_id])
    lock_queues([book_id])
    hold = own.select_related("copy").get()
    if (status := hold.status_on(timezone.localdate(now))) not in statuses:
        raise NotWaiting(status=Hold.Status(status).label)
    return hold


def _announce(
    event: type[HoldEvent], hold: Hold, assigned: Assigned, now: datetime, others: Collection[Hold] = (), **more: Any
) -> Hold:
    note_act(event.__name__, at=now, patron_id=hold.patron_id, copy_id=hold.copy_id)
    hold.position = position_of(hold)
    others_moved = [HoldMoved(**other.facts(now)) for other in others]
    publish_many([*others_moved, event(**hold.facts(now), **more, shelf=assigned.shelf), *assigned.events(now)])
    return hold

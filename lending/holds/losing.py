"""Holds that lose their copy, and those for which none is left. Everything here needs a transaction, and the queues of
the books locked."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from kernel.storage.bulk import update_rows
from kernel.storage.databases import database_of
from lending.events import HoldCancelled
from lending.history.services import note_acts
from lending.holds.candidates import fits
from lending.holds.places import first_place, of_queue, place_again, position_of
from lending.models import IN_QUEUE, MAY_BE_LENT, OPEN, Copy, Hold
from lending.policies.eligibility import eligibility_of_waiting
from lending.stock.copies import move_copies

BACK = ["status", "copy", "ready_since", "pickup_by", "brought_back", "place", "version"]
"""The columns of a hold that change when it waits again."""


def copies_not_for_their_holders(copies: Collection[Copy], day: date) -> list[int]:
    """Those of the copies that are ready for somebody who can't have them any more: one that is not for loan now, of
    another volume, or of a type that is not lent to who waits for it."""
    ready = Hold.objects.filter(status=Hold.Status.READY, copy__in=copies).select_related("copy")
    held = [(hold, hold.copy) for hold in ready if hold.copy]
    people = eligibility_of_waiting({hold.holder for hold, _copy in held}, day)
    return [
        copy.pk
        for hold, copy in held
        if not (copy.for_loan and fits(hold.volume, copy.volume, copy.type, people[hold.holder]))
    ]


def lose_copies_held(copies: Collection[int], *, now: datetime) -> list[Hold]:
    """Puts the holds for which these copies were ready back to the first place of their queues; those holds, as
    `HoldMoved` is to tell."""
    holds = list(Hold.objects.filter(copy__in=copies, status=Hold.Status.READY).order_by("-place"))
    for hold in holds:
        wait_again(hold, first_place(hold.book_id))
        hold.position = 1
    if holds:
        note_acts("HoldMoved", [(hold.patron_id, None, None) for hold in holds], at=now)
    return holds


def wait_again(hold: Hold, place: int) -> None:
    """Takes the copy from a ready hold, which waits again at that place."""
    hold.status, hold.copy, hold.ready_since, hold.pickup_by = Hold.Status.WAITING, None, None, None
    hold.brought_back, hold.place, hold.version = None, place, hold.version + 1
    update_rows([hold], BACK, database_of("lending"))


def cancel_without_copies(books: Collection[int], *, now: datetime) -> list[HoldCancelled]:
    """Cancels the holds on these books, or on volumes of them, that no copy is left for that may be lent some day; what
    is to be announced of it."""
    copies = Copy.objects.filter(MAY_BE_LENT, book=OuterRef("book"))
    fitting = Copy.objects.filter(MAY_BE_LENT, book=OuterRef("book"), volume=OuterRef("volume"))
    hopeless = Q(volume="") & ~Exists(copies) | ~Q(volume="") & ~Exists(fitting)
    holds = list(Hold.objects.filter(IN_QUEUE, hopeless, book__in=books).order_by("book", "place"))
    for hold in holds:
        hold.status, hold.cancel_reason = Hold.Status.CANCELLED, Hold.CancelReason.NO_COPY_LEFT
        hold.ended_at, hold.suspended_until, hold.version = now, None, hold.version + 1
    update_rows(holds, ["status", "cancel_reason", "ended_at", "suspended_until", "version"], database_of("lending"))
    if holds:
        note_acts("HoldCancelled", [(hold.patron_id, None, None) for hold in holds], at=now)
    return [HoldCancelled(**hold.facts(now), reason=str(hold.cancel_reason)) for hold in holds]


def take_back_from_ready(return_id: int, *, now: datetime) -> dict[int, Hold]:
    """Lets the holds wait again, each where it was in its queue, that a return made ready which is being undone; by
    the copies that they had."""
    ready = Hold.objects.filter(brought_back=return_id, status=Hold.Status.READY)
    freed = {hold.copy_id: hold for hold in ready if hold.copy_id}
    for hold in freed.values():
        wait_again(hold, place_again(hold))
    if freed:
        note_acts("HoldMoved", [(hold.patron_id, None, None) for hold in freed.values()], at=now)
    return freed


def open_again(loan_id: int, copies: Sequence[Copy], *, now: datetime) -> list[Hold]:
    """Opens the holds again that a loan had ended which is being undone: ready with a copy that came back, or waiting
    where they were. Where the patron has placed another one since, that gets the place. The copies stand on the shelf,
    and are locked."""
    ended = list(Hold.objects.filter(loan=loan_id, status=Hold.Status.COLLECTED).order_by("pk"))
    there, holds = {copy.pk: copy for copy in copies}, list[Hold]()
    for hold in ended:
        if newer := _placed_since(hold):
            holds += _to_the_place(newer, hold)
            continue
        holds.append(hold)
        hold.loan = hold.ended_at = None
        copy = there.get(hold.copy_id or 0) if hold.ready_since else None
        if copy:
            move_copies([copy], Copy.Place.HOLD_SHELF)
        hold.status, hold.copy = (Hold.Status.READY, copy) if copy else (Hold.Status.WAITING, None)
        hold.ready_since, hold.pickup_by = (hold.ready_since, hold.pickup_by) if copy else (None, None)
        hold.place, hold.version = hold.place if copy else place_again(hold), hold.version + 1
        update_rows([hold], [*BACK, "loan", "ended_at"], database_of("lending"))
    if holds:
        note_acts("HoldMoved", [(hold.patron_id, None, hold.copy_id) for hold in holds], at=now)
    return holds


def _placed_since(ended: Hold) -> Hold | None:
    """The open hold that its patron has in the same queue."""
    own = Hold.objects.filter(OPEN, patron=ended.patron_id, book=ended.book_id)
    return own.filter(of_queue(ended.volume)).order_by("place").select_related("copy").first()


def _to_the_place(newer: Hold, ended: Hold) -> list[Hold]:
    """Gives a hold that is not ready the place of an ended one, where that is before it; the hold, if it moved."""
    if newer.status == Hold.Status.READY or newer.place <= ended.place:
        return []
    newer.place, newer.version = place_again(ended), newer.version + 1
    newer.position = position_of(newer)
    update_rows([newer], ["place", "version"], database_of("lending"))
    return [newer]

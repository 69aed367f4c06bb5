"""What a loan has to do with holds: the copies that are kept for the borrower, and the holds that it ends."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from kernel.eventbus.publishing.outbox import publish_many
from kernel.storage.bulk import update_rows
from kernel.storage.databases import database_of
from lending.events import HoldCollected, HoldMoved
from lending.history.services import note_acts
from lending.holds.assigning import assign_copies
from lending.holds.candidates import matches
from lending.holds.losing import lose_copies_held
from lending.in_force import waiting_on
from lending.models import LENDABLE, OPEN, Copy, Hold, Loan

HELD = {Copy.Place.HOLD_SHELF, Copy.Place.TO_PULL}
ENDED = ["status", "copy", "loan", "ended_at", "suspended_until", "version"]


class CopyIsHeld(Exception):
    """Somebody waits for the copy that was scanned, or for one on the shelf: to be tried again behind the lock of the
    queue."""


@dataclass(frozen=True, kw_only=True)
class OwnHolds:
    """The open holds of a patron on a book, and the copies that are kept for them: those that are ready, and those to
    be pulled that they come first for. `is_locked`: read behind the lock of the queue."""

    holds: Sequence[Hold] = ()
    copies: Sequence[Copy] = field(default_factory=list)
    is_locked: bool = False


NO_HOLDS = OwnHolds()


def own_holds(patron_id: int, book_id: int, day: date, *, is_locked: bool) -> OwnHolds:
    """A patron's holds on a book with the copies that are kept for them on that day."""
    holds = list(Hold.objects.filter(OPEN, patron=patron_id, book=book_id).select_related("copy").order_by("pk"))
    copies = [hold.copy for hold in holds if hold.status == Hold.Status.READY and hold.copy]
    if any(hold.status_on(day) == Hold.Status.WAITING for hold in holds):
        there = list(Copy.objects.filter(book=book_id, place=Copy.Place.TO_PULL, withdrawn=False).order_by("pk"))
        matched = matches({book_id: there}, day) if there else []
        copies += [match.copy for match in matched if match.hold.patron_id == patron_id]
    return OwnHolds(holds=holds, copies=copies, is_locked=is_locked)


def ask_who_waits(book_id: int, volumes: Collection[str], day: date, *, but: int) -> None:
    """Raises `CopyIsHeld` where anybody but that patron waits for a copy of one of these volumes: of what is on the
    shelf somebody may have one since midnight, whom a block or a suspension barred before."""
    waiting = Hold.objects.filter(waiting_on(day), book=book_id, volume__in={"", *volumes})
    if waiting.exclude(patron=but).exists():
        raise CopyIsHeld


def books_waited_for(taken: Mapping[int, Sequence[Copy]], day: date) -> set[int]:
    """Those of the books whose copies were taken from the shelf although somebody waits; no statement where none of the
    copies is marked."""
    marked = [book for book, copies in taken.items() if any(copy.waited_for for copy in copies)]
    if not marked:
        return set()
    return set(Hold.objects.filter(waiting_on(day), book__in=marked).values_list("book", flat=True).distinct())


def hold_what_is_free(book_id: int, *, now: datetime) -> None:
    """Takes what is on the shelf out of stock for those who may have it by now. Needs the lock of the queue."""
    if Copy.objects.filter(LENDABLE, book=book_id, waited_for=True).exists():
        publish_many(assign_copies([book_id], now=now).events_by_themselves(now))


def end_holds(own: OwnHolds, loan: Loan, copies: Sequence[Copy], *, now: datetime) -> None:
    """Ends the holds of whoever borrowed copies of the book; what was kept for them and not taken goes to the next.
    A copy that was lent although it was ready for somebody else puts that hold back to the first place."""
    taken = {copy.pk: copy for copy in copies}
    ended = [hold for hold in own.holds if hold.volume in {"", *(copy.volume for copy in copies)}]
    freed = [hold.copy_id for hold in ended if hold.status == Hold.Status.READY and hold.copy_id not in taken]
    for hold in ended:
        hold.copy = hold.copy if hold.copy_id in taken else copies[0]
        hold.status, hold.loan, hold.ended_at, hold.suspended_until = Hold.Status.COLLECTED, loan, now, None
        hold.version += 1
    update_rows(ended, ENDED, database_of("lending"))
    note_acts("HoldCollected", [(hold.patron_id, None, hold.copy_id) for hold in ended], at=now)

    displaced = lose_copies_held(taken, now=now)
    assigned = assign_copies([loan.book_id], now=now, in_hand=[copy for copy in freed if copy])
    collected = [HoldCollected(**hold.facts(now), loan=loan.pk) for hold in ended]
    moved = [HoldMoved(**hold.facts(now)) for hold in displaced]
    publish_many([*collected, *moved, *assigned.events_by_themselves(now)])

"""What a borrow asks for, and who else may have it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from lending.holds.borrowing import NO_HOLDS, OwnHolds, ask_who_waits
from lending.holds.by_now.promised import promised
from lending.models import Copy


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for: copies of a book, or the one with a barcode, from a day on; `override` names the rules that a
    librarian decided against. `is_settled`: what is on the shelf was given to those who may have it by now.
    `others`: copies on the shelf that others may have since midnight, where it is only looked at."""

    patron_id: int
    book_id: int
    quantity: int
    day: date
    barcode: str = ""
    volume: str | None = None
    own: OwnHolds = NO_HOLDS
    others: Sequence[Copy] = ()
    is_settled: bool = False
    override: Collection[str] = ()


def beside_others(wanted: Wanted, book_id: int, volumes: Collection[str], day: date, *, locked: bool) -> Wanted:
    """What is wanted, where somebody may wait for copies on the shelf; to be looked at, with what others may have by
    now. Raises `CopyIsHeld` where more than a look is to be decided behind the queue."""
    if not locked:
        matched = promised([book_id], day)
        return replace(wanted, others=[one.copy for one in matched if one.hold.patron_id != wanted.patron_id])
    if not wanted.is_settled:
        ask_who_waits(book_id, volumes, day, but=wanted.patron_id)
    return wanted

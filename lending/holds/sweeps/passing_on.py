"""Copies that nobody collected, by the thousand: each goes to the first who waits, by SQL, where that is plain to see.
Everything here needs a transaction, and the queues of the books locked."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import IntegerField, OuterRef, Subquery
from django.db.models.functions import Cast
from django.utils import timezone

from lending.holds.assigning import copies_there
from lending.holds.candidates import fits
from lending.holds.pickup import last_days
from lending.holds.ready import Ready, make_ready
from lending.holds.rules import is_barred
from lending.in_force import waiting_on
from lending.models import Hold
from lending.policies.eligibility import Eligibility, eligibility_of_waiting


class There(NamedTuple):
    """A copy that is there, with the first hold that waits for its book."""

    copy: int
    book: int
    first: int | None
    type: str
    volume: str
    lent: int


class First(NamedTuple):
    """The first hold on a book, and the copy of it that goes to its patron."""

    hold: int
    book: int
    copy: int
    patron: Eligibility


def pass_on(books: Collection[int], copies: Collection[int], *, now: datetime) -> dict[int, int]:
    """Gives copies that stand on the hold shelf to the first of each queue, where that one may have it and no other
    copy of the book is there; the holds that became ready, by book. The other books are left for `assign_copies`."""
    firsts = list(_firsts(books, copies, timezone.localdate(now)))
    days = last_days([(first.book, first.patron) for first in firsts])
    make_ready((Ready(first.hold, first.copy, day) for first, day in zip(firsts, days, strict=True)), now=now)
    return {first.book: first.hold for first in firsts}


def _firsts(books: Collection[int], copies: Collection[int], day: date) -> Iterable[First]:
    """Whoever may have the only copy that is there and comes first."""
    there = {one.first: one for one in _alone(books, copies, day) if one.first and one.lent and one.copy in copies}
    waiting = list(Hold.objects.filter(pk__among=there).values_list("pk", "patron", "volume"))
    people = eligibility_of_waiting({patron for _hold, patron, _wanted in waiting if patron}, day)
    free = {holder: patron for holder, patron in people.items() if not is_barred(patron)}
    for hold, holder, wanted in waiting:
        copy, patron = there[hold], free.get(holder or 0)
        if patron and fits(wanted, copy.volume, copy.type, patron):
            yield First(hold, copy.book, copy.copy, patron)


def _alone(books: Collection[int], copies: Collection[int], day: date) -> list[There]:
    """Of the copies in hand and on the shelf those beside which there is none of the same book."""
    first = Hold.objects.filter(waiting_on(day), book=OuterRef("book")).order_by("place").values("pk")
    # A whole number, since what SQLite has as a boolean is converted for each of thousands.
    lent = Cast("for_loan", IntegerField())
    found = copies_there(books, copies).annotate(first=Subquery(first[:1]), lent=lent)
    of_book: dict[int, list[There]] = defaultdict(list)
    for row in found.values_list("pk", *There._fields[1:]):
        of_book[row[1]].append(There(*row))
    return [one for one, *others in of_book.values() if not others]
